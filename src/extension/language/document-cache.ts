import { stat } from 'node:fs/promises';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { parseYaml, readYaml, type YamlDocument } from '../../project/yaml-document.ts';
import { pathOfUri } from './positions.ts';

/** Parsed files: open ones by their version in the editor, the others by size and time of change on disk. */
export class DocumentCache {
  readonly #open = new Map<string, { version: number; document: YamlDocument }>();
  readonly #closed = new Map<string, { stamp: string; document: YamlDocument }>();
  readonly #openDocuments: () => readonly TextDocument[];

  constructor(openDocuments: () => readonly TextDocument[]) {
    this.#openDocuments = openDocuments;
  }

  /** An open document, whatever its URI. */
  parsed(document: TextDocument): YamlDocument {
    const known = this.#open.get(document.uri);
    if (known?.version === document.version) return known.document;
    const parsed = parseYaml(pathOfUri(document.uri) ?? document.uri, document.getText());
    this.#open.set(document.uri, { version: document.version, document: parsed });
    return parsed;
  }

  forget(uri: string): void {
    this.#open.delete(uri);
  }

  /** A file as the editor shows it, or as it is on disk where it is not open. */
  readonly read = async (path: string): Promise<YamlDocument> => {
    const open = this.#openDocuments().find((document) => pathOfUri(document.uri) === path);
    if (open) return this.parsed(open);
    const stamp = await stampOf(path);
    const known = this.#closed.get(path);
    if (stamp !== undefined && known?.stamp === stamp) return known.document;
    const document = await readYaml(path);
    if (stamp !== undefined) this.#closed.set(path, { stamp, document });
    return document;
  };
}

async function stampOf(path: string): Promise<string | undefined> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return `${size} ${mtimeMs} ${ino}`;
  } catch {
    // Whatever is wrong with it, reading says.
    return undefined;
  }
}
