import { MOST_OVERLAID } from '../../../protocol/run.ts';
import type { RunReference } from '../../../protocol/webview/common.ts';
import { runKey } from './run-reader.ts';

/**
 * The runs that may be overlaid on another: without duplicates and the run itself, and no more than there are colors.
 */
export function overlaidOn(run: RunReference, others: readonly RunReference[]): RunReference[] {
  const kept = new Map(others.map(({ project, runId }) => [runKey({ project, runId }), { project, runId }]));
  kept.delete(runKey(run));
  return [...kept.values()].slice(0, MOST_OVERLAID);
}
