import type { LiveRun } from '../../protocol/webview/common.ts';
import type { Run } from '../runs/run-state.ts';

/** A run for a view's progress line; undefined until its record is written. */
export function liveRun({ id, record, state, status }: Run): LiveRun | undefined {
  if (record === undefined) return undefined;
  const { message, done, total, etaSeconds } = status.progress ?? {};
  const { stage, name } = record;
  return { runId: id, stage, name, state, message, done, total, etaSeconds };
}
