import { extname } from 'node:path';
import * as vscode from 'vscode';
import type { SaveRequest } from '../../protocol/webview/common.ts';

/**
 * Asks where to save a file, suggesting the project's folder, and writes it there.
 * @returns false if the user dismissed the dialog
 * @throws if the file cannot be written
 */
export async function saveFile(project: string, { name, data }: SaveRequest): Promise<boolean> {
  const extension = extname(name).slice(1);
  const uri = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(project), name),
    filters: { [extension.toUpperCase()]: [extension] },
  });
  if (uri === undefined) return false;
  await vscode.workspace.fs.writeFile(uri, data);
  return true;
}
