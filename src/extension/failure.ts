import * as vscode from 'vscode';
import { shownMessage, UserError } from '../project/user-error.ts';
import { inertNotice } from '../protocol/inert-text.ts';
import { openTroubleshooting } from './troubleshooting.ts';

/** Shows an error: one that the user can fix as it is, any other with its stack trace in the log. */
export async function showFailure(log: vscode.LogOutputChannel, error: unknown): Promise<void> {
  const message = shownMessage(error);
  const code = error instanceof UserError ? error.code : undefined;
  log.error(error instanceof Error && code === undefined ? error : message);
  const show = vscode.l10n.t('Show Log');
  const explain = vscode.l10n.t('Explain');
  const actions = code === undefined ? [show] : [explain, show];
  const chosen = await vscode.window.showErrorMessage(inertNotice(message), ...actions);
  if (chosen === show) log.show();
  else if (chosen === explain && code !== undefined) await openTroubleshooting(code);
}
