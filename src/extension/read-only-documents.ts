import * as vscode from 'vscode';

const SCHEME = 'denoised-weights-text';

/** Read-only texts that the extension shows in an editor; closing them does not ask to save. */
export class ReadOnlyDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly texts = new Map<string, string>();
  private readonly subscriptions = [
    this.changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
  ];

  /**
   * @param name file name for the editor's title. There is one text per name and query, replaced when it is shown again
   * @param query distinguishes texts with the same name
   */
  async show(name: string, text: string, query = ''): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}`, query });
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    // After a reload the editor asks for a text of the previous session.
    return (
      this.texts.get(uri.toString()) ??
      vscode.l10n.t('This text is no longer available after the reload. Run the command again.')
    );
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
