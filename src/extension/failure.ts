import * as vscode from 'vscode';
import { UserError } from '../project/user-error.ts';

/** Shows an error: one that the user can fix as it is, any other with its stack trace in the log. */
export async function showFailure(log: vscode.LogOutputChannel, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  log.error(error instanceof Error && !(error instanceof UserError) ? error : message);
  const show = vscode.l10n.t('Show Log');
  const chosen = await vscode.window.showErrorMessage(message, show);
  if (chosen === show) log.show();
}
