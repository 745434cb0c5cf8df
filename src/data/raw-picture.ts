/**
 * Pictures that are too large for memory, as files of pixels: rows of 8-bit RGB or RGBA after a header. It is libvips's own
 * format (.v, https://www.libvips.org/API/current/file-format.html), so that sharp writes and reads it row by row.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { withPath } from '../project/disk/write-whole.ts';

export interface RawPictureSize {
  readonly width: number;
  readonly height: number;
  /** 3 for RGB, 4 with an alpha channel. */
  readonly channels: 3 | 4;
}

/** Metadata that an encoder of the picture keeps. */
export interface RawPictureMetadata {
  /** Pixels per inch. */
  readonly density?: number;
  /** EXIF block, with its prefix. */
  readonly exif?: Buffer;
}

const HEADER_BYTES = 64;
/** "vips", little-endian. */
const MAGIC = 0x08f2a6b6;
const FIELD = {
  magic: 0,
  width: 4,
  height: 8,
  bands: 12,
  format: 20,
  coding: 24,
  interpretation: 28,
  xres: 32,
  yres: 36,
};
const [UCHAR, UNCODED, SRGB] = [0, 0, 22];
const MILLIMETERS_PER_INCH = 25.4;
const DEFAULT_DENSITY = 72;

/** A picture that sharp has written to a `.v` file, read by rows. */
export class RawPictureReader implements RawPictureSize {
  private constructor(
    private readonly file: FileHandle,
    readonly width: number,
    readonly height: number,
    readonly channels: 3 | 4,
  ) {}

  /** @throws if the file is not a picture of 8-bit sRGB pixels with three or four channels */
  static async open(path: string): Promise<RawPictureReader> {
    const file = await open(path, 'r');
    try {
      const { buffer } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
      const channels = buffer.readInt32LE(FIELD.bands);
      const plain =
        buffer.readUInt32LE(FIELD.magic) === MAGIC &&
        buffer.readInt32LE(FIELD.format) === UCHAR &&
        buffer.readInt32LE(FIELD.coding) === UNCODED &&
        (channels === 3 || channels === 4);
      if (!plain) throw new Error('decoded to something other than 8-bit RGB');
      const [width, height] = [buffer.readInt32LE(FIELD.width), buffer.readInt32LE(FIELD.height)];
      return new RawPictureReader(file, width, height, channels as 3 | 4);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Rows `from` (inclusive) to `to` (exclusive): `channels` bytes for each pixel. */
  async read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    const row = this.width * this.channels;
    const bytes = new Uint8Array((to - from) * row);
    let done = 0;
    while (done < bytes.length) {
      const place = HEADER_BYTES + from * row + done;
      const { bytesRead } = await this.file.read(bytes, done, bytes.length - done, place);
      if (bytesRead === 0) throw new Error(`the decoded picture ends before row ${to}`);
      done += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** Writes a `.v` file from top to bottom. */
export class RawPictureWriter {
  #rows = 0;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly size: RawPictureSize,
    private readonly exif: Buffer | undefined,
  ) {}

  /** @throws the file system's error, with the file's path */
  static async create(
    path: string,
    size: RawPictureSize,
    { density = DEFAULT_DENSITY, exif }: RawPictureMetadata = {},
  ): Promise<RawPictureWriter> {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAGIC, FIELD.magic);
    header.writeInt32LE(size.width, FIELD.width);
    header.writeInt32LE(size.height, FIELD.height);
    header.writeInt32LE(size.channels, FIELD.bands);
    header.writeInt32LE(UCHAR, FIELD.format);
    header.writeInt32LE(UNCODED, FIELD.coding);
    header.writeInt32LE(SRGB, FIELD.interpretation);
    header.writeFloatLE(density / MILLIMETERS_PER_INCH, FIELD.xres);
    header.writeFloatLE(density / MILLIMETERS_PER_INCH, FIELD.yres);
    const writer = new RawPictureWriter(path, await open(path, 'w'), size, exif);
    try {
      await writer.#write(header);
      return writer;
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  /**
   * Appends whole rows, `channels` bytes for each pixel.
   * @throws the file system's error, with the file's path
   */
  async append(rows: Uint8Array): Promise<void> {
    this.#rows += rows.length / (this.size.width * this.size.channels);
    await this.#write(rows);
  }

  /** Writes what belongs after the pixels. @throws if rows are missing; the file system's error, with the file's path */
  async finish(): Promise<void> {
    const { height } = this.size;
    if (this.#rows !== height) throw new Error(`${this.#rows} of ${height} rows were written.`);
    if (!this.exif) return;
    // libvips reads the namespace for the version that wrote the file; any will do.
    await this.#write(
      '<?xml version="1.0"?>\n<root xmlns="http://www.vips.ecs.soton.ac.uk/vips/8.0.0">\n  <header>\n  </header>\n' +
        `  <meta>\n    <field type="VipsBlob" name="exif-data">${this.exif.toString('base64')}</field>\n  </meta>\n</root>\n`,
    );
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  async #write(content: string | Uint8Array): Promise<void> {
    try {
      await this.file.writeFile(content);
    } catch (error) {
      throw withPath(error, this.path);
    }
  }
}
