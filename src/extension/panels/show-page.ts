import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { ViewName } from '../identifiers.ts';
import { webviewPage } from './webview-page.ts';

/**
 * Loads a view's bundle into a panel.
 * @param pictureFolders folders whose images the page may show
 */
export function showPage(
  panel: vscode.WebviewPanel,
  extension: vscode.Uri,
  view: ViewName,
  title: string,
  pictureFolders: readonly string[] = [],
): void {
  const bundles = vscode.Uri.joinPath(extension, 'dist', 'webview');
  const pictures = pictureFolders.map((folder) => vscode.Uri.file(folder));
  panel.webview.options = { enableScripts: true, localResourceRoots: [bundles, ...pictures] };
  const address = (file: string) => panel.webview.asWebviewUri(vscode.Uri.joinPath(bundles, file)).toString();
  panel.webview.html = webviewPage(view, {
    script: address(`${view}.js`),
    style: address(`${view}.css`),
    cspSource: panel.webview.cspSource,
    nonce: randomBytes(18).toString('base64url'),
    language: vscode.env.language,
    messages: vscode.l10n.bundle,
    title,
  });
}
