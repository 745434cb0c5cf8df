import * as vscode from 'vscode';
import { UserError } from '../project/user-error.ts';

/** Shows a failure: what the user can mend as it is; anything else with its stack in the log. */
export async function showFailure(log: vscode.LogOutputChannel, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  log.error(error instanceof Error && !(error instanceof UserError) ? error : message);
  const show = vscode.l10n.t('Show Log');
  const chosen = await vscode.window.showErrorMessage(message, show);
  if (chosen === show) log.show();
}
