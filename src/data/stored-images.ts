/** Images that are read when they are needed. None of them is kept: the system's page cache is the cache. */
import { closeSync, openSync, read as readAsync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { isMissing } from '../project/disk/folders.ts';
import { checkRows, type ImageFile } from '../project/images/image-file.ts';
import { systemReason } from '../project/system-reason.ts';
import { UserError } from '../project/user-error.ts';

const readInto = promisify(readAsync);
/** Images of at most so many bytes are there sooner than another thread would be told to read them. */
const SMALL = 2 ** 16;

/** Rows of pixels of an image, from top to bottom. */
export interface PixelRows {
  readonly from: number;
  readonly count: number;
}

/** Images of one size, of size x size x 3 bytes each (height, width, channels; sRGB, 0 to 255). */
export interface StoredImages {
  /**
   * Reads one image, or some of its rows.
   * @param index from 0
   * @param rows default: all
   * @throws UserError if the file is gone, or damaged (as far as the file has checksums)
   */
  read(index: number, rows?: PixelRows): Promise<Uint8Array>;
}

/** Some images of a file, by their places in it. */
export class ImageRows implements StoredImages {
  private readonly file: Pick<ImageFile<unknown>, 'path' | 'size' | 'byteOffset' | 'checksumOffset'>;
  private readonly rows: Uint32Array;

  /** @param rows places in the file */
  constructor({ path, size, byteOffset, checksumOffset }: ImageFile<unknown>, rows: readonly number[]) {
    // No more than that: a run may have thousands of these.
    this.file = { path, size, byteOffset, checksumOffset };
    this.rows = Uint32Array.from(rows);
  }

  async read(index: number, rows?: PixelRows): Promise<Uint8Array> {
    const { path, size, byteOffset, checksumOffset } = this.file;
    const { from, count } = rows ?? { from: 0, count: size };
    const bytes = new Uint8Array(count * size * 3);
    const row = this.rows[index]! * size + from;
    const checksums = new Uint8Array(checksumOffset === undefined ? 0 : 4 * count);
    try {
      // A training step blocks the event loop: opened here, the file is read on another thread in the meantime.
      const file = openSync(path, 'r');
      try {
        await fill(bytes, file, path, byteOffset + row * size * 3);
        await fill(checksums, file, path, (checksumOffset ?? 0) + row * 4);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw error instanceof UserError ? error : unreadable(path, error);
    }
    if (checksums.length > 0) checkRows(this.file, this.rows[index]!, bytes, checksums);
    return bytes;
  }
}

async function fill(bytes: Uint8Array, file: number, path: string, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const place = [done, bytes.length - done, position + done] as const;
    const bytesRead =
      bytes.length <= SMALL
        ? readSync(file, bytes, ...place)
        : (await readInto(file, bytes, ...place)).bytesRead;
    if (bytesRead === 0) throw gone(path, 'it became shorter');
    done += bytesRead;
  }
}

function unreadable(path: string, error: unknown): UserError {
  return gone(path, isMissing(error) ? 'it was deleted' : systemReason(error), error);
}

function gone(path: string, what: string, cause?: unknown): UserError {
  return new UserError(
    'damaged-file',
    `${path}: prepared images cannot be read while they are used: ${what}. ` +
      'Run the stage again, or resume the run: the pairs are then prepared again.',
    { cause },
  );
}
