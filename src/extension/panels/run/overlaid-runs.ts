import type { RunReference } from '../../../protocol/webview/common.ts';
import { MOST_OVERLAID } from '../../../protocol/webview/run.ts';
import { runKey } from './run-reader.ts';

/** Whether a value that a page kept across a reload is a list of runs. */
export function isRunList(kept: unknown): kept is RunReference[] {
  return (
    Array.isArray(kept) &&
    kept.every(
      (entry) =>
        typeof entry === 'object' &&
        entry !== null &&
        typeof entry.project === 'string' &&
        typeof entry.runId === 'string',
    )
  );
}

/**
 * The runs that may be overlaid on another: without duplicates and the run itself, and no more than there are colors.
 */
export function overlaidOn(run: RunReference, others: readonly RunReference[]): RunReference[] {
  const kept = new Map(others.map(({ project, runId }) => [runKey({ project, runId }), { project, runId }]));
  kept.delete(runKey(run));
  return [...kept.values()].slice(0, MOST_OVERLAID);
}
