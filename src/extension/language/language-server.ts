import {
  type ClientCapabilities,
  CodeActionKind,
  type Connection,
  type InitializeResult,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { troubleshootingLine } from '../../protocol/troubleshooting.ts';
import { codeActions } from './code-actions.ts';
import { definitionAt } from './definition.ts';
import { DocumentCache } from './document-cache.ts';
import { hoverAt } from './hover.ts';
import type { InitializationOptions } from './initialization-options.ts';
import { inlayHints } from './inlay-hints.ts';
import { isLanguageId } from './language-ids.ts';
import { completeNames } from './name-completion.ts';
import { pairPreview } from './pair-preview.ts';
import { pathOfUri, uriOfPath } from './positions.ts';
import { ProjectDiagnostics } from './project-diagnostics.ts';
import { referencesAt } from './references.ts';
import { renameAt, renameRangeAt } from './rename.ts';
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
    referencesProvider: true,
    renameProvider: { prepareProvider: true },
    inlayHintProvider: true,
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
  },
};

/** Completion items of the library that are of no use in these files: unnamed schema skeletons and schema comments. */
const isNoise = (label: string) => label.startsWith('object(') || label === 'Inline schema';

/** Language server for concept and training files. It registers no commands. */
export function serveLanguages(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  let client: ClientCapabilities = {};
  let page: InitializationOptions['troubleshooting'];
  const cache = new DocumentCache(() => documents.all());
  const diagnostics = new ProjectDiagnostics(
    {
      openDocuments: () => documents.all(),
      diskRead: () => {
        if (client.workspace?.inlayHint?.refreshSupport) void connection.languages.inlayHint.refresh();
      },
      publish: (uri, found) => void connection.sendDiagnostics({ uri, diagnostics: found }),
      log: (message) => connection.console.error(message),
      // Editors can scroll to a line of a text, but not to a heading.
      troubleshooting: (code) => (page === undefined ? undefined : `${page}#L${troubleshootingLine(code)}`),
    },
    cache,
  );
  const languageOf = (uri: string) => {
    const id = documents.get(uri)?.languageId;
    return id !== undefined && isLanguageId(id) ? id : undefined;
  };
  const yaml = createYamlService(languageOf);

  /** The document, its language and its tree; undefined for other languages. */
  const opened = (uri: string) => {
    const document = documents.get(uri);
    const language = languageOf(uri);
    return document && language && { document, language, tree: cache.parsed(document) };
  };
  /** Like `opened`, but undefined for texts that could exhaust the library (size, depth, aliases, NUL bytes). */
  const openedSafe = (uri: string) => {
    const file = opened(uri);
    const isHostile = file?.tree.problems.some(({ kind }) => kind === 'too-large' || kind === 'encoding');
    return isHostile ? undefined : file;
  };

  /** An open document by path; its URI may be escaped differently from ours. */
  const openAt = (path: string) => documents.all().find(({ uri }) => pathOfUri(uri) === path);
  const uriOf = (path: string) => openAt(path)?.uri ?? uriOfPath(path);

  connection.onInitialize(({ capabilities, initializationOptions }) => {
    client = capabilities;
    page = (initializationOptions as InitializationOptions | undefined)?.troubleshooting;
    return CAPABILITIES;
  });
  documents.onDidChangeContent(() => diagnostics.textChanged());
  documents.onDidClose(({ document }) => {
    cache.forget(document.uri);
    diagnostics.diskChanged();
  });
  connection.onDidChangeWatchedFiles(() => diagnostics.diskChanged());
  connection.onShutdown(() => diagnostics.dispose());

  connection.onCompletion(async ({ textDocument, position }) => {
    const file = openedSafe(textDocument.uri);
    if (!file) return null;
    const list = await yaml.doComplete(file.document, position, false);
    const items = list.items.filter(({ label }) => !isNoise(label));
    const path = pathOfUri(textDocument.uri);
    const checked = await diagnostics.checked(file.document);
    const names = path && checked ? completeNames(file.document, position, checked.project, path) : [];
    return { isIncomplete: list.isIncomplete, items: [...names, ...items] };
  });
  connection.onHover(async ({ textDocument, position }) => {
    const file = opened(textDocument.uri);
    if (!file) return null;
    const checked = await diagnostics.checked(file.document);
    const training = checked?.project.trainings.find(({ path }) => path === file.tree.file);
    const hover = await hoverAt(file.tree, position, SCHEMAS[file.language], training, async (path) =>
      checked && file.language === 'dnw-concept' ? pairPreview(file.tree, path, checked.sources) : undefined,
    );
    return hover ?? null;
  });
  connection.onDefinition(async ({ textDocument, position }) => {
    const file = opened(textDocument.uri);
    const checked = file && (await diagnostics.checked(file.document));
    return (checked && definitionAt(file.tree, position, checked.project)) ?? null;
  });
  connection.onReferences(async ({ textDocument, position, context }) => {
    const file = opened(textDocument.uri);
    const checked = file && (await diagnostics.checked(file.document));
    return checked
      ? referencesAt(file.tree, position, checked.files, context.includeDeclaration, uriOf)
      : null;
  });
  connection.onPrepareRename(async ({ textDocument, position }) => {
    const file = opened(textDocument.uri);
    const checked = file && (await diagnostics.checked(file.document));
    return (checked && renameRangeAt(file.tree, position, checked.files)) ?? null;
  });
  connection.onRenameRequest(async ({ textDocument, position, newName }) => {
    const file = opened(textDocument.uri);
    // The edit consists of positions, which must match the current texts.
    const checked = file && (await diagnostics.checkedFromDisk(file.document));
    const edits = client.workspace?.workspaceEdit;
    const editor = {
      canRenameFiles: edits?.resourceOperations?.includes('rename') ?? false,
      uriOf,
      versionOf: (path: string) => openAt(path)?.version ?? null,
    };
    return (checked && renameAt(file.tree, position, newName, checked.files, editor)) ?? null;
  });
  connection.languages.inlayHint.on(async ({ textDocument, range }) => {
    const file = opened(textDocument.uri);
    const checked = file && (await diagnostics.checked(file.document));
    return checked ? inlayHints(file.tree, range, checked) : null;
  });
  connection.onCodeAction(async ({ textDocument, context }) => {
    const file = opened(textDocument.uri);
    if (!file) return null;
    const checked = await diagnostics.checked(file.document);
    return codeActions(textDocument.uri, file.tree, context.diagnostics, checked?.project);
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
