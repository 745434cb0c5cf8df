import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { YamlDocument } from '../../project/yaml/document.ts';
import { parseYaml } from '../../project/yaml/parse.ts';
import type { ReadDocument } from '../../project/yaml/read.ts';
import { rememberingReader } from '../../project/yaml/remembering-reader.ts';
import { pathOfUri } from './positions.ts';

/** Parsed files: open documents by their version in the editor, the others as they are on disk. */
export class DocumentCache {
  readonly #open = new Map<string, { version: number; document: YamlDocument }>();
  /** A file on disk, parsed again only if it has changed. */
  readonly readClosed: ReadDocument;
  readonly #openDocuments: () => readonly TextDocument[];

  constructor(openDocuments: () => readonly TextDocument[], readClosed = rememberingReader()) {
    this.#openDocuments = openDocuments;
    this.readClosed = readClosed;
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

  /** The open documents that have a path, by it. */
  open(): Map<string, YamlDocument> {
    const byPath = new Map<string, YamlDocument>();
    for (const document of this.#openDocuments()) {
      const path = pathOfUri(document.uri);
      if (path !== undefined) byPath.set(path, this.parsed(document));
    }
    return byPath;
  }
}
