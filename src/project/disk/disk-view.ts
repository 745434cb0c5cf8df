import { readdir } from 'node:fs/promises';
import { systemReason } from '../system-reason.ts';
import type { YamlDocument } from '../yaml/document.ts';
import { type ReadDocument, readYaml } from '../yaml/read.ts';
import { noneIfMissing } from './folders.ts';
import { type ImageFiles, listImages } from './image-files.ts';
import { filesBelow } from './walk.ts';

/** The image files of a source, or the reason why they cannot be listed and the folder that cannot be read, if known. */
export type ImageListing = ImageFiles | Unlisted;

/** Why the images of a source cannot be listed. */
export interface Unlisted {
  readonly reason: string;
  /** The folder that cannot be read. */
  readonly path?: string | undefined;
  /** The system's code of the error. */
  readonly code?: string | undefined;
}

/**
 * A project's files and folders on disk. Each is read when it is first asked for and then remembered, so that all checks
 * that use one view see the same state, and a folder that a thousand concepts share is listed once. To see the disk as it
 * is now, make a new view.
 */
export class DiskView {
  readonly #readDocument: ReadDocument;
  readonly #documents = new Map<string, Promise<YamlDocument>>();
  readonly #names = new Map<string, Promise<string[]>>();
  readonly #below = new Map<string, Promise<string[]>>();
  readonly #folders = new Map<string, Promise<string[]>>();
  readonly #images = new Map<string, Promise<ImageListing>>();

  /** @param readDocument reads a file; the editor's reader keeps parsed documents from view to view */
  constructor(readDocument: ReadDocument = readYaml) {
    this.#readDocument = readDocument;
  }

  readonly read = (path: string): Promise<YamlDocument> =>
    remembered(this.#documents, path, () => this.#readDocument(path));

  /** Names of the entries of a folder; none if there is no such folder. */
  names(folder: string): Promise<readonly string[]> {
    return remembered(this.#names, folder, () => readdir(folder).catch(noneIfMissing));
  }

  /** Absolute paths of all files below a folder; none if there is no such folder. */
  filesBelow(folder: string): Promise<readonly string[]> {
    return remembered(this.#below, folder, () =>
      filesBelow(folder).then(({ files }) => [...files], noneIfMissing),
    );
  }

  /** Names of the folders in a folder; none if it cannot be read. */
  folders(folder: string): Promise<readonly string[]> {
    return remembered(this.#folders, folder, () =>
      readdir(folder, { withFileTypes: true }).then(
        (entries) => entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
        () => [],
      ),
    );
  }

  /**
   * The image files of a source.
   * @param source absolute path of a folder, or a glob
   */
  images(source: string): Promise<ImageListing> {
    return remembered(this.#images, source, () =>
      listImages(source).catch((error: NodeJS.ErrnoException) => ({
        reason: systemReason(error),
        path: error.path,
        code: error.code,
      })),
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
