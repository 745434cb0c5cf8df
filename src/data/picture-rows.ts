/** Decoded pictures in files, which are read row by row. Nothing here decodes: threads use it as well. */
import { rm } from 'node:fs/promises';
import { type Image, type ImageArea, imageFromBytes } from './image-values.ts';
import { RawPictureReader } from './raw-picture.ts';

/** Rows that are read at once for a part of a picture. */
const STRIP_ROWS = 64;

/** The rows of a decoded picture, in a file that goes away with it. */
export class PictureRows {
  private constructor(
    private readonly path: string,
    private readonly pixels: RawPictureReader,
  ) {}

  static async open(path: string): Promise<PictureRows> {
    return new PictureRows(path, await RawPictureReader.open(path));
  }

  get width(): number {
    return this.pixels.width;
  }

  get height(): number {
    return this.pixels.height;
  }

  /** Rows `from` (inclusive) to `to` (exclusive), transparency on white. */
  async read(from: number, to: number): Promise<Image> {
    return (await this.readWithAlpha(from, to)).image;
  }

  /** The same, with the alpha of each pixel (0 to 255) where the picture has any. */
  async readWithAlpha(from: number, to: number): Promise<ImageWithAlpha> {
    return onWhite(await this.pixels.read(from, to), this.width, this.pixels.channels);
  }

  /** The same, as they are in the file: 3 or 4 bytes for each pixel. */
  readBytes(from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.pixels.read(from, to);
  }

  /** 3 for RGB, 4 with an alpha channel. */
  get channels(): 3 | 4 {
    return this.pixels.channels;
  }

  /** A part of the picture, transparency on white. Memory holds the part, and some rows of the picture. */
  async window({ left, top, width, height }: ImageArea): Promise<Image> {
    const { channels } = this.pixels;
    const part = new Uint8Array(width * height * channels);
    for (let from = 0; from < height; from += STRIP_ROWS) {
      const to = Math.min(height, from + STRIP_ROWS);
      const rows = await this.pixels.read(top + from, top + to);
      for (let row = from; row < to; row++) {
        const at = ((row - from) * this.width + left) * channels;
        part.set(rows.subarray(at, at + width * channels), row * width * channels);
      }
    }
    return onWhite(part, width, channels).image;
  }

  /** Takes the file out of its folder: its pixels can be read until `close`, and nothing is left if the process is killed. */
  async hide(): Promise<void> {
    // A system that does not let go of open files keeps it until `close`.
    await rm(this.path, { force: true }).catch(() => {});
  }

  async close(): Promise<void> {
    await this.pixels.close();
    await rm(this.path, { force: true });
  }
}

/** An image, transparency on white, and the alpha of each pixel (0 to 255) where it has any. */
export interface ImageWithAlpha {
  readonly image: Image;
  readonly alpha?: Uint8Array;
}

/** @param bytes rows of `width` pixels of 3 or 4 bytes: 8-bit sRGB, and alpha */
export function onWhite(bytes: Uint8Array, width: number, channels: 3 | 4): ImageWithAlpha {
  const height = bytes.length / (width * channels);
  if (channels === 3) return { image: imageFromBytes(bytes, width, height) };
  const count = bytes.length / 4;
  const [data, alpha] = [new Float32Array(count * 3), new Uint8Array(count)];
  for (let i = 0; i < count; i++) {
    const a = bytes[4 * i + 3]!;
    alpha[i] = a;
    for (let c = 0; c < 3; c++) {
      const level = Math.round((bytes[4 * i + c]! * a) / 255 + 255 - a);
      data[3 * i + c] = level / 127.5 - 1;
    }
  }
  return { image: { width, height, data }, alpha };
}

/** 8-bit pixels of 3 bytes with the alpha of each, if there is any: 4 bytes. */
export function withAlpha(
  bytes: Uint8Array<ArrayBuffer>,
  alpha: Uint8Array | undefined,
): Uint8Array<ArrayBuffer> {
  if (!alpha) return bytes;
  const all = new Uint8Array(alpha.length * 4);
  for (let i = 0; i < alpha.length; i++) {
    all[4 * i] = bytes[3 * i]!;
    all[4 * i + 1] = bytes[3 * i + 1]!;
    all[4 * i + 2] = bytes[3 * i + 2]!;
    all[4 * i + 3] = alpha[i]!;
  }
  return all;
}
