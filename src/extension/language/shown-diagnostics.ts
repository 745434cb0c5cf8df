import { type Diagnostic, type DiagnosticCollection, Disposable, type Uri, workspace } from 'vscode';
import { isLanguageId } from './language-ids.ts';

/**
 * The server's problems are shown in all files of a project, including those that are not open. A file that is open in
 * another language is left to that language's extension, so that nothing is marked twice.
 */
export class ShownDiagnostics {
  private readonly found = new Map<string, readonly Diagnostic[]>();

  /** Filters the problems that the server has found in a file. */
  of(uri: Uri, found: Diagnostic[]): Diagnostic[] {
    if (found.length > 0) this.found.set(uri.toString(), found);
    else this.found.delete(uri.toString());
    return isOfOthers(uri) ? [] : found;
  }

  /** Keeps a collection up to date as documents are opened, closed and change their language. */
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
