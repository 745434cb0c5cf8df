import { type Diagnostic, type DiagnosticCollection, Disposable, type Uri, workspace } from 'vscode';
import { isLanguageId } from './language-ids.ts';

/**
 * What the server finds in a project is shown in all of its files, also in those that are not open. One that the editor
 * shows in another language is left to whoever checks that language, so that nothing is marked twice.
 */
export class ShownDiagnostics {
  private readonly found = new Map<string, readonly Diagnostic[]>();

  /** What to show of what the server has found in a file. */
  of(uri: Uri, found: Diagnostic[]): Diagnostic[] {
    if (found.length > 0) this.found.set(uri.toString(), found);
    else this.found.delete(uri.toString());
    return isOfOthers(uri) ? [] : found;
  }

  /** Keeps a collection in step with the languages of the documents that are opened and closed. */
  follow(shown: DiagnosticCollection): Disposable {
    const show = ({ uri }: { uri: Uri }) => {
      const found = this.found.get(uri.toString());
      if (found) shown.set(uri, isOfOthers(uri) ? [] : found);
    };
    return Disposable.from(workspace.onDidOpenTextDocument(show), workspace.onDidCloseTextDocument(show));
  }
}

function isOfOthers(uri: Uri): boolean {
  const document = workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  return document !== undefined && !isLanguageId(document.languageId);
}
