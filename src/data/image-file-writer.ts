import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32OfBytes } from '../project/disk/crc-32.ts';
import { makeFolder } from '../project/disk/folders.ts';
import { LENGTH_BYTES, readBytesInto } from '../project/disk/safetensors-header.ts';
import { writeAsMade } from '../project/disk/write-whole.ts';
import {
  ABOUT,
  ABOUT_CHECKSUM,
  IMAGE_FILE_FORMAT,
  IMAGES,
  ROW_CHECKSUMS,
  rowChecksums,
} from '../project/images/image-file.ts';

/** Space for the length and the header, which is written last: more than the longest header, whose numbers have 16 digits. */
const HEADER_SPACE = 512;

/** Writes a file of images (`openImageFile`) one by one, so that it may have any number of them. */
export class ImageFileWriter {
  #count = 0;

  private constructor(
    private readonly path: string,
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
      const writer = new ImageFileWriter(path, file, size);
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

  /** Reads the images again: the checksums of any number of them may be more than fits into memory. */
  async #writeChecksums(position: number): Promise<void> {
    const image = new Uint8Array(this.#bytesPerImage);
    for (let index = 0; index < this.#count; index++) {
      await readBytesInto(image, this.file, this.path, HEADER_SPACE + index * image.length);
      const checksums = rowChecksums(image, this.size);
      await writeAt(this.file, checksums, position + index * checksums.length);
    }
  }

  async #finish(about: object): Promise<void> {
    const text = Buffer.from(JSON.stringify(about));
    const end = this.#count * this.#bytesPerImage;
    const checksumsEnd = end + this.#count * this.size * 4;
    await this.#writeChecksums(HEADER_SPACE + end);
    await writeAt(this.file, text, HEADER_SPACE + checksumsEnd);
    const header = JSON.stringify({
      __metadata__: { format: IMAGE_FILE_FORMAT, [ABOUT_CHECKSUM]: String(crc32OfBytes(text)) },
      [IMAGES]: { dtype: 'U8', shape: [this.#count, this.size, this.size, 3], data_offsets: [0, end] },
      [ROW_CHECKSUMS]: {
        dtype: 'U8',
        shape: [this.#count, this.size, 4],
        data_offsets: [end, checksumsEnd],
      },
      [ABOUT]: {
        dtype: 'U8',
        shape: [text.length],
        data_offsets: [checksumsEnd, checksumsEnd + text.length],
      },
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
