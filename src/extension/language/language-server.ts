import {
  CodeActionKind,
  type Connection,
  type InitializeResult,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { codeActions } from './code-actions.ts';
import { definitionAt } from './definition.ts';
import { DocumentCache } from './document-cache.ts';
import { hoverAt } from './hover.ts';
import { isLanguageId } from './language-ids.ts';
import { completeNames } from './name-completion.ts';
import { pathOfUri } from './positions.ts';
import { ProjectDiagnostics } from './project-diagnostics.ts';
import { createYamlService, SCHEMAS } from './yaml-service.ts';

const CAPABILITIES: InitializeResult = {
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    completionProvider: { triggerCharacters: [':', ' ', '-', '['] },
    hoverProvider: true,
    documentSymbolProvider: true,
    foldingRangeProvider: true,
    documentFormattingProvider: true,
    definitionProvider: true,
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
  },
};

/** Items of the library that no user of these files wants: schema skeletons without a name, schema comments. */
const isNoise = (label: string) => label.startsWith('object(') || label === 'Inline schema';

/** Answers an editor about concept and training files. Nothing is registered beyond the protocol: no commands. */
export function serveLanguages(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  const cache = new DocumentCache(() => documents.all());
  const diagnostics = new ProjectDiagnostics(
    {
      openDocuments: () => documents.all(),
      publish: (uri, found) => void connection.sendDiagnostics({ uri, diagnostics: found }),
      log: (message) => connection.console.error(message),
    },
    cache,
  );
  const languageOf = (uri: string) => {
    const id = documents.get(uri)?.languageId;
    return id !== undefined && isLanguageId(id) ? id : undefined;
  };
  const yaml = createYamlService(languageOf);

  /** The document, its language and its tree; undefined where it is not ours. */
  const opened = (uri: string) => {
    const document = documents.get(uri);
    const language = languageOf(uri);
    return document && language && { document, language, tree: cache.parsed(document) };
  };
  /** As `opened`, for the library: not where the text could exhaust it (size, depth, aliases, NUL bytes). */
  const openedSafe = (uri: string) => {
    const file = opened(uri);
    const isHostile = file?.tree.problems.some(({ code }) => code === 'too-large' || code === 'encoding');
    return isHostile ? undefined : file;
  };

  connection.onInitialize(() => CAPABILITIES);
  documents.onDidChangeContent(() => diagnostics.schedule());
  documents.onDidClose(({ document }) => {
    cache.forget(document.uri);
    diagnostics.schedule();
  });
  connection.onDidChangeWatchedFiles(() => diagnostics.schedule());
  connection.onShutdown(() => diagnostics.dispose());

  connection.onCompletion(async ({ textDocument, position }) => {
    const file = openedSafe(textDocument.uri);
    if (!file) return null;
    const list = await yaml.doComplete(file.document, position, false);
    const items = list.items.filter(({ label }) => !isNoise(label));
    const path = pathOfUri(textDocument.uri);
    const project = await diagnostics.projectOf(file.document);
    const names = path && project ? completeNames(file.document, position, project, path) : [];
    return { isIncomplete: list.isIncomplete, items: [...names, ...items] };
  });
  connection.onHover(async ({ textDocument, position }) => {
    const file = opened(textDocument.uri);
    if (!file) return null;
    const project = await diagnostics.projectOf(file.document);
    const training = project?.trainings.find(({ path }) => path === file.tree.file);
    return hoverAt(file.tree, position, SCHEMAS[file.language], training) ?? null;
  });
  connection.onDefinition(async ({ textDocument, position }) => {
    const file = opened(textDocument.uri);
    const project = file && (await diagnostics.projectOf(file.document));
    return (project && definitionAt(file.tree, position, project)) ?? null;
  });
  connection.onCodeAction(async ({ textDocument, context }) => {
    const file = opened(textDocument.uri);
    if (!file) return null;
    const project = await diagnostics.projectOf(file.document);
    return codeActions(textDocument.uri, file.tree, context.diagnostics, project?.folder);
  });
  connection.onDocumentSymbol(({ textDocument }) => {
    const file = openedSafe(textDocument.uri);
    return file ? yaml.findDocumentSymbols2(file.document) : null;
  });
  connection.onFoldingRanges(({ textDocument }) => {
    const file = openedSafe(textDocument.uri);
    return file ? yaml.getFoldingRanges(file.document, {}) : null;
  });
  connection.onDocumentFormatting(({ textDocument }) => {
    const file = openedSafe(textDocument.uri);
    return file ? yaml.doFormat(file.document, {}) : null;
  });

  documents.listen(connection);
  connection.listen();
}
