import * as vscode from 'vscode';
import { TROUBLESHOOTING_FILE, troubleshootingLine } from '../protocol/troubleshooting.ts';
import { EXTENSION_ID } from './identifiers.ts';

/** Opens the page that describes the errors, at one of their codes. */
export async function openTroubleshooting(code: string): Promise<void> {
  const extension = vscode.extensions.getExtension(EXTENSION_ID);
  if (extension === undefined) return;
  const page = vscode.Uri.joinPath(extension.extensionUri, TROUBLESHOOTING_FILE);
  const line = (troubleshootingLine(code) ?? 1) - 1;
  await vscode.window.showTextDocument(page, { selection: new vscode.Range(line, 0, line, 0) });
}
