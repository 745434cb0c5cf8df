import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type {
  ClientCapabilities,
  CodeAction,
  CompletionItem,
  Diagnostic,
  Hover,
  InlayHint,
  Location,
  Position,
  Range,
  WorkspaceEdit,
} from 'vscode-languageserver';
import type { InitializationOptions } from '../../../src/extension/language/initialization-options.ts';

/** Where the editor says that the page about errors is. */
export const TROUBLESHOOTING_URI = 'file:///extension/docs/troubleshooting.md';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** The language server as it ships, bundled once, in a process of its own, spoken to as an editor does. */
export class EditorSession {
  readonly #process: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #folder: string;
  readonly #diagnostics = new Map<string, Diagnostic[]>();
  readonly #waiting = new Set<() => void>();
  readonly #versions = new Map<string, number>();

  private constructor(process: ChildProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
    this.#connection = createMessageConnection(
      new StreamMessageReader(process.stdout!),
      new StreamMessageWriter(process.stdin!),
    );
    this.#connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => {
      this.#diagnostics.set(uri, diagnostics);
      for (const check of [...this.#waiting]) check();
    });
    this.#connection.listen();
  }

  /**
   * @param editor what the editor says it can do
   * @returns the session and what the server says it can do
   */
  static async start(
    editor: ClientCapabilities = {
      workspace: { workspaceEdit: { resourceOperations: ['create', 'rename'] } },
    },
  ): Promise<{ session: EditorSession; capabilities: Record<string, unknown> }> {
    const folder = await mkdtemp(join(tmpdir(), 'dnw-language-server-'));
    const outfile = join(folder, 'language-server.cjs');
    // As in scripts/build.mjs.
    await esbuild.build({
      absWorkingDir: root,
      entryPoints: ['src/extension/language/server.ts'],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      mainFields: ['module', 'main'],
      keepNames: true,
    });
    const process = spawn(globalThis.process.execPath, [outfile, '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const session = new EditorSession(process, folder);
    const { capabilities } = await session.#connection.sendRequest<{ capabilities: Record<string, unknown> }>(
      'initialize',
      {
        processId: globalThis.process.pid,
        rootUri: null,
        capabilities: editor,
        initializationOptions: { troubleshooting: TROUBLESHOOTING_URI } satisfies InitializationOptions,
      },
    );
    await session.#connection.sendNotification('initialized', {});
    return { session, capabilities };
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.#connection.sendRequest('shutdown');
    await this.#connection.sendNotification('exit');
    await exited;
    this.#connection.dispose();
    await rm(this.#folder, { recursive: true });
  }

  async open(path: string, text: string): Promise<void> {
    const languageId = path.endsWith('.concept.yaml') ? 'dnw-concept' : 'dnw-training';
    this.#versions.set(path, 1);
    const textDocument = { uri: uriOf(path), languageId, version: 1, text };
    await this.#connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  async change(path: string, text: string): Promise<void> {
    const version = this.#versions.get(path)! + 1;
    this.#versions.set(path, version);
    const textDocument = { uri: uriOf(path), version };
    await this.#connection.sendNotification('textDocument/didChange', {
      textDocument,
      contentChanges: [{ text }],
    });
  }

  async close(path: string): Promise<void> {
    await this.#connection.sendNotification('textDocument/didClose', { textDocument: { uri: uriOf(path) } });
  }

  async fileChanged(path: string): Promise<void> {
    const changes = [{ uri: uriOf(path), type: 2 }];
    await this.#connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
  }

  /** The first published diagnostics of a file that satisfy a condition, from now or from before. */
  diagnostics(path: string, condition: (diagnostics: Diagnostic[]) => boolean): Promise<Diagnostic[]> {
    const uri = uriOf(path);
    return new Promise((resolve) => {
      const check = () => {
        const found = this.#diagnostics.get(uri);
        if (!found || !condition(found)) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  async completion(path: string, position: Position): Promise<CompletionItem[]> {
    const list = await this.#request<{ items: CompletionItem[] } | null>('completion', path, { position });
    return list?.items ?? [];
  }

  hover(path: string, position: Position): Promise<Hover | null> {
    return this.#request('hover', path, { position });
  }

  definition(path: string, position: Position): Promise<{ uri: string; range: Range } | null> {
    return this.#request('definition', path, { position });
  }

  codeActions(path: string, diagnostics: Diagnostic[]): Promise<CodeAction[]> {
    return this.#request('codeAction', path, { range: diagnostics[0]!.range, context: { diagnostics } });
  }

  references(path: string, position: Position, includeDeclaration = true): Promise<Location[]> {
    return this.#request('references', path, { position, context: { includeDeclaration } });
  }

  prepareRename(path: string, position: Position): Promise<{ range: Range; placeholder: string } | null> {
    return this.#request('prepareRename', path, { position });
  }

  rename(path: string, position: Position, newName: string): Promise<WorkspaceEdit | null> {
    return this.#request('rename', path, { position, newName });
  }

  inlayHints(path: string): Promise<InlayHint[]> {
    const range = { start: { line: 0, character: 0 }, end: { line: 10_000, character: 0 } };
    return this.#request('inlayHint', path, { range });
  }

  symbols(path: string): Promise<{ name: string; children?: { name: string }[] }[]> {
    return this.#request('documentSymbol', path, {});
  }

  folding(path: string): Promise<{ startLine: number; endLine: number }[]> {
    return this.#request('foldingRange', path, {});
  }

  format(path: string): Promise<{ range: Range; newText: string }[]> {
    return this.#request('formatting', path, { options: { tabSize: 2, insertSpaces: true } });
  }

  #request<R>(method: string, path: string, parameters: object): Promise<R> {
    const textDocument = { uri: uriOf(path) };
    return this.#connection.sendRequest(`textDocument/${method}`, { textDocument, ...parameters });
  }
}

export const uriOf = (path: string) => pathToFileURL(path).href;

/** A text with one `|`, the cursor: the text without it, and where it stood. */
export function withCursor(marked: string): { text: string; position: Position } {
  const before = marked.slice(0, marked.indexOf('|')).split('\n');
  return {
    text: marked.replace('|', ''),
    position: { line: before.length - 1, character: before.at(-1)!.length },
  };
}
