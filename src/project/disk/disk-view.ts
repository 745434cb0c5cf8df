import { readdir } from 'node:fs/promises';
import { systemReason } from '../system-reason.ts';
import type { YamlDocument } from '../yaml/document.ts';
import { type ReadDocument, readYaml } from '../yaml/read.ts';
import { listImages } from './image-files.ts';

/** The images that a source names, sorted, or why they cannot be listed. */
export type ImageListing = readonly string[] | { readonly reason: string };

/**
 * What a project's files and folders look like on disk. Each is looked at when it is first asked for and then
 * remembered, so that every check of one view sees the same, and a thousand concepts that share a folder list it
 * once. A check of the disk as it is now takes a new view.
 */
export class DiskView {
  readonly #readDocument: ReadDocument;
  readonly #documents = new Map<string, Promise<YamlDocument>>();
  readonly #names = new Map<string, Promise<string[]>>();
  readonly #folders = new Map<string, Promise<string[]>>();
  readonly #images = new Map<string, Promise<ImageListing>>();

  /** @param readDocument what reads a file; the editor's keeps what it parsed from view to view */
  constructor(readDocument: ReadDocument = readYaml) {
    this.#readDocument = readDocument;
  }

  readonly read = (path: string): Promise<YamlDocument> =>
    remembered(this.#documents, path, () => this.#readDocument(path));

  /** Names of what a folder holds, with `recursive` as paths below it; none where there is no such folder. */
  names(folder: string, recursive: boolean): Promise<readonly string[]> {
    return remembered(this.#names, `${recursive} ${folder}`, () => namesIn(folder, recursive));
  }

  /** Names of the folders in a folder; none where it cannot be read. */
  folders(folder: string): Promise<readonly string[]> {
    return remembered(this.#folders, folder, () =>
      readdir(folder, { withFileTypes: true }).then(
        (entries) => entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
        () => [],
      ),
    );
  }

  /** @param source absolute path of a folder, or a glob */
  images(source: string): Promise<ImageListing> {
    return remembered(this.#images, source, () =>
      listImages(source).catch((error: unknown) => ({ reason: systemReason(error) })),
    );
  }
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, look: () => Promise<T>): Promise<T> {
  let value = known.get(key);
  if (!value) {
    value = look();
    known.set(key, value);
  }
  return value;
}

async function namesIn(folder: string, recursive: boolean): Promise<string[]> {
  try {
    return await readdir(folder, { recursive });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
