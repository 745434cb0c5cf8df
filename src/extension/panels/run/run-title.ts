import * as vscode from 'vscode';
import type { RunTarget } from '../../../protocol/webview/run.ts';
import { runLabel } from '../../runs/run-wording.ts';
import type { Services } from '../../services.ts';

/** The title of a panel; one that shows several runs says so. */
export function runTitle(services: Services, { project, runId, overlaid = [] }: RunTarget): string {
  const run = services.runs.get(project, runId);
  const label = run === undefined ? runId : runLabel(run);
  return overlaid.length === 0 ? label : vscode.l10n.t('{0} and {1} more', label, overlaid.length);
}
