import type { RunReference } from '../../../protocol/webview/common.ts';
import type { Run } from '../../runs/run-state.ts';

/** The reference by which a page knows a run. */
export function referenceOf({ project, id }: Run): RunReference {
  return { project, runId: id };
}
