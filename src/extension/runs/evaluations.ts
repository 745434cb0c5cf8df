import { join } from 'node:path';
import { RUN_FILES } from '../../protocol/run.ts';
import type { Run } from './run-state.ts';

/** The part of a quickstart that evaluates, which is the last, and its folder below the run's. */
const QUICKSTART_PART = 'evaluate';

/** A run that evaluates or has evaluated a concept. */
export interface Evaluation {
  readonly run: Run & { readonly record: NonNullable<Run['record']> };
  /** Name of the concept. */
  readonly concept: string;
}

/**
 * The run as an evaluation; undefined for every other kind, and for a quickstart that has not yet reached that part.
 */
export function evaluationOf(run: Run): Evaluation | undefined {
  const { record, status } = run;
  if (record === undefined) return undefined;
  const evaluation = (concept: string): Evaluation => ({ run: { ...run, record }, concept });
  if (record.stage === 'evaluate') return evaluation(record.name);
  if (record.stage !== 'quickstart') return undefined;
  const { parts, metrics } = status;
  // If the engine chose the concept, the record does not name it, but the latest metrics do.
  if (parts === undefined || parts.titles.length < parts.total || metrics?.concept === undefined)
    return undefined;
  return evaluation(metrics.concept);
}

/** The file with the measurements of a successful evaluation. */
export function comparisonFile({ run }: Evaluation): string {
  return run.record.stage === 'quickstart'
    ? join(run.folder, QUICKSTART_PART, RUN_FILES.result)
    : join(run.folder, RUN_FILES.result);
}
