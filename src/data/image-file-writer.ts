import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../project/disk/folders.ts';
import { LENGTH_BYTES } from '../project/disk/safetensors-header.ts';
import { writeAsMade } from '../project/disk/write-whole.ts';
import { ABOUT, IMAGE_FILE_FORMAT, IMAGES } from '../project/images/image-file.ts';

/** Space for the length and the header, which is written last: more than the longest header, whose numbers have 16 digits. */
const HEADER_SPACE = 512;

/** Writes a file of images (`openImageFile`) one by one, so that it may have any number of them. */
export class ImageFileWriter {
  #count = 0;

  private constructor(
    private readonly file: FileHandle,
    private readonly size: number,
  ) {}

  /**
   * Writes a file, and its folder if necessary. The file is written whole or not at all.
   * @param size side of the images in pixels
   * @param fill appends the images; returns what the file says about them, or undefined to write no file
   * @returns whether the file was written
   * @throws what `fill` throws; the file system's error, with the file's path
   */
  static async write<T extends object>(
    path: string,
    size: number,
    fill: (writer: ImageFileWriter) => Promise<T | undefined>,
  ): Promise<boolean> {
    await makeFolder(dirname(path));
    return writeAsMade(path, async (file) => {
      const writer = new ImageFileWriter(file, size);
      const about = await fill(writer);
      if (about === undefined) return false;
      await writer.#finish(about);
      return true;
    });
  }

  /** Number of images so far. */
  get count(): number {
    return this.#count;
  }

  /** @param bytes size x size x 3 values from 0 to 255 */
  async append(bytes: Uint8Array): Promise<void> {
    if (bytes.length !== this.#bytesPerImage) {
      throw new Error(`an image of ${this.size} x ${this.size} pixels does not have ${bytes.length} bytes`);
    }
    await writeAt(this.file, bytes, HEADER_SPACE + this.#count * bytes.length);
    this.#count++;
  }

  get #bytesPerImage(): number {
    return this.size * this.size * 3;
  }

  async #finish(about: object): Promise<void> {
    const text = Buffer.from(JSON.stringify(about));
    const end = this.#count * this.#bytesPerImage;
    await writeAt(this.file, text, HEADER_SPACE + end);
    const header = JSON.stringify({
      __metadata__: { format: IMAGE_FILE_FORMAT },
      [IMAGES]: { dtype: 'U8', shape: [this.#count, this.size, this.size, 3], data_offsets: [0, end] },
      [ABOUT]: { dtype: 'U8', shape: [text.length], data_offsets: [end, end + text.length] },
    });
    const space = Buffer.alloc(HEADER_SPACE, ' ');
    space.writeBigUInt64LE(BigInt(HEADER_SPACE - LENGTH_BYTES));
    space.write(header, LENGTH_BYTES);
    await writeAt(this.file, space, 0);
  }
}

/** Writes all bytes at a position: a call may write fewer. */
async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
