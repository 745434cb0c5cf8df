import type { RunReference } from '../../../protocol/webview/common.ts';
import { MOST_OVERLAID } from '../../../protocol/webview/run.ts';
import { runKey } from './run-reader.ts';

/** Whether what a page kept over a reload is a list of runs. */
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

/** The runs that can be overlaid on another: each once, not the run itself, no more than there are colors for. */
export function overlaidOn(run: RunReference, others: readonly RunReference[]): RunReference[] {
  const kept = new Map(others.map(({ project, runId }) => [runKey({ project, runId }), { project, runId }]));
  kept.delete(runKey(run));
  return [...kept.values()].slice(0, MOST_OVERLAID);
}
