import type { RunReference } from '../../../protocol/webview/common.ts';
import type { Run } from '../../runs/run-state.ts';

/** What a page knows a run by. */
export function referenceOf({ project, id }: Run): RunReference {
  return { project, runId: id };
}
