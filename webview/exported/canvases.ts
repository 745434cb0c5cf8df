/** Pictures on canvases: the browser's decoder and encoder, and pixels between them. */
import { type Image, imageFromBytes, imageToBytes, levelOf } from '../../src/data/image-values.ts';
import { reducedRows, resizedFrom } from '../../src/data/resampling.ts';
import type { ImageRows } from '../../src/pipeline/translation/translate-tiled.ts';

/** Rows that are read from a canvas at once. */
const BAND = 64;

function contextOf(width: number, height: number, alpha: boolean): OffscreenCanvasRenderingContext2D {
  const options = { alpha, colorSpace: 'srgb', willReadFrequently: true } as const;
  const context = new OffscreenCanvas(width, height).getContext('2d', options);
  if (!context) throw new RangeError('There is no memory for a canvas.');
  return context;
}

/** Whether pixels come back from a canvas as they were put there. Protection against fingerprinting changes them. */
export function pixelsAreKept(): boolean {
  const side = 32;
  const pixels = Uint8ClampedArray.from({ length: side * side * 4 }, (_, i) => (i % 4 === 3 ? 255 : i * 89));
  const context = contextOf(side, side, true);
  context.putImageData(new ImageData(pixels, side, side), 0, 0);
  return context.getImageData(0, 0, side, side).data.every((value, i) => value === pixels[i]);
}

/** A decoded picture: upright, in sRGB, transparency on white, as networks see pictures. */
export class DecodedPicture implements ImageRows {
  readonly hasAlpha: boolean;
  #band: { readonly from: number; readonly height: number; readonly data: Float32Array } | undefined;

  private constructor(
    private readonly context: OffscreenCanvasRenderingContext2D,
    mayHaveAlpha: boolean,
  ) {
    this.hasAlpha = mayHaveAlpha && this.#findAlpha();
  }

  /** @throws DOMException if the browser cannot decode it */
  static async of(file: Blob): Promise<DecodedPicture> {
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const mayHaveAlpha = file.type !== 'image/jpeg';
    const context = contextOf(bitmap.width, bitmap.height, mayHaveAlpha);
    // At once: a part of a bitmap can take as long as all of it.
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return new DecodedPicture(context, mayHaveAlpha);
  }

  get width(): number {
    return this.context.canvas.width;
  }

  get height(): number {
    return this.context.canvas.height;
  }

  async read(from: number, to: number): Promise<Image> {
    const { width } = this;
    const data = new Float32Array((to - from) * width * 3);
    for (let row = from; row < to; row++) data.set(this.#row(row), (row - from) * width * 3);
    return { width, height: to - from, data };
  }

  /** Alpha of each pixel of rows `from` (inclusive) to `to` (exclusive), 0 to 255. */
  alpha(from: number, to: number): Uint8Array {
    const { data } = this.#pixels(from, to - from);
    const alpha = new Uint8Array(data.length / 4);
    for (let i = 0; i < alpha.length; i++) alpha[i] = data[4 * i + 3]!;
    return alpha;
  }

  /** The whole picture at another size, rounded to 8 bits, as the engine makes it (src/data/pictures.ts). */
  resized(width: number, height: number): Image {
    const source = { width: this.width, height: this.height, row: (row: number) => this.#row(row) };
    const rowAt =
      width > this.width ? resizedFrom(source, width, height, 'bicubic') : reducedRows(source, width, height);
    const data = new Float32Array(width * height * 3);
    for (let row = 0; row < height; row++) data.set(rowAt(row), row * width * 3);
    return imageFromBytes(imageToBytes({ width, height, data }), width, height);
  }

  #findAlpha(): boolean {
    for (let row = 0; row < this.height; row += BAND) {
      const { data } = this.#pixels(row, Math.min(BAND, this.height - row));
      for (let i = 3; i < data.length; i += 4) if (data[i]! < 255) return true;
    }
    return false;
  }

  #row(row: number): Float32Array {
    const { width } = this;
    if (!this.#band || row < this.#band.from || row >= this.#band.from + this.#band.height) {
      const height = Math.min(BAND, this.height - row);
      this.#band = { from: row, height, data: levelsOnWhite(this.#pixels(row, height).data) };
    }
    const { from, data } = this.#band;
    return data.subarray((row - from) * width * 3, (row - from + 1) * width * 3);
  }

  #pixels(row: number, height: number): ImageData {
    return this.context.getImageData(0, row, this.width, height);
  }
}

/** Values in [-1, 1] of pixels with alpha, on white. */
function levelsOnWhite(pixels: Uint8ClampedArray): Float32Array {
  const levels = new Float32Array((pixels.length / 4) * 3);
  for (let from = 0, to = 0; to < levels.length; from += 4, to += 3) {
    const alpha = pixels[from + 3]!;
    for (let c = 0; c < 3; c++) {
      const value = pixels[from + c]!;
      levels[to + c] = levelOf[alpha === 255 ? value : Math.round((value * alpha) / 255 + 255 - alpha)]!;
    }
  }
  return levels;
}

/** A translated picture that grows from top to bottom, with the transparency of the picture that it is made from. */
export class Canvas {
  readonly #context: OffscreenCanvasRenderingContext2D;
  #rows = 0;

  constructor(private readonly picture: DecodedPicture) {
    this.#context = contextOf(picture.width, picture.height, picture.hasAlpha);
  }

  append(image: Image): void {
    const { width, height } = image;
    const bytes = imageToBytes(image);
    const alpha = this.picture.hasAlpha ? this.picture.alpha(this.#rows, this.#rows + height) : undefined;
    const pixels = new ImageData(width, height);
    const { data } = pixels;
    for (let from = 0, to = 0; to < data.length; from += 3, to += 4) {
      data[to] = bytes[from]!;
      data[to + 1] = bytes[from + 1]!;
      data[to + 2] = bytes[from + 2]!;
      data[to + 3] = alpha ? alpha[to >> 2]! : 255;
    }
    this.#context.putImageData(pixels, 0, this.#rows);
    this.#rows += height;
  }

  png(): Promise<Blob> {
    return this.#context.canvas.convertToBlob({ type: 'image/png' });
  }
}
