import * as vscode from 'vscode';
import { UserError } from '../project/user-error.ts';

/** @throws UserError if the workspace is not trusted: nothing is executed there */
export function refuseUntrusted(): void {
  if (vscode.workspace.isTrusted) return;
  throw new UserError(
    'untrusted',
    vscode.l10n.t('Nothing is executed in a workspace that is not trusted. Trust the workspace first.'),
  );
}
