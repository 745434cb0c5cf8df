import { extname } from 'node:path';
import * as vscode from 'vscode';
import type { SaveRequest } from '../../protocol/webview/common.ts';

/**
 * Asks for a place, the project's folder to begin with, and writes the file there.
 * @returns false where the user chose no place
 * @throws where the file cannot be written
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
