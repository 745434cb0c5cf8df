/**
 * A picture of any size through a network and back to its own size, row by row. Nothing here needs Node.js: exported pages
 * (webview/exported) do the same in a browser.
 */
import { type Image, type ImageSize, joined } from '../../data/image-values.ts';
import { resizedRows } from '../../data/resampling.ts';
import type { PictureDetail, PictureSize } from '../../protocol/stage-entry.ts';
import { type ImageRows, type RowSink, type Translator, translateTiled } from './translate-tiled.ts';

/** A network that was trained on square images. */
export interface TrainedTranslator extends Translator {
  /** Side of the images of its training, in pixels. */
  readonly trained: number;
}

/** The side that a network takes for a side of an image, in pixels. */
export function networkSide(
  side: number,
  { stride, smallestSide }: { readonly stride: number; readonly smallestSide: number },
): number {
  return Math.max(smallestSide, Math.ceil(side / stride) * stride);
}

/** What is read of a picture for its translation. */
export interface PictureParts {
  /** The picture at the network's size; undefined if that is its own. */
  readonly resized: Image | undefined;
  /** All of the picture's pixels; undefined if they are not needed. */
  readonly rows: ImageRows | undefined;
}

/** Whole pictures of up to this many times the sides, and the pixels, of the training images go through at once. */
const WHOLE = { sides: 4, pixels: 2.25 } as const;
/**
 * A picture that is enlarged for the network has at most this many pixels on its longer side. A strip that is one pixel high
 * would become gigantic: 3000 x 1 has 1,536,000 x 512 pixels at size 512. Four times the largest size that can be asked for.
 */
const LONGEST_ENLARGED = 16_384;
/** Values of the rows that are written at once: they stay in the processor's cache. */
const VALUES = 2 ** 18;

/**
 * The size at which the network sees a picture. A very long one is enlarged less than asked for (`enlargementRemarks`).
 * @param trained shorter side that whole pictures have at the scale of training (`trainedScale`)
 */
export function networkSize({ width, height }: ImageSize, size: PictureSize, trained: number): ImageSize {
  if (size === 'native') return { width, height };
  const scale = Math.min(
    shorterSide(size, trained) / Math.min(width, height),
    Math.max(1, LONGEST_ENLARGED / Math.max(width, height)),
  );
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** What is said of a picture that is enlarged less than asked for, as parts of a sentence. The parameters are those of `networkSize`. */
export function enlargementRemarks(picture: ImageSize, size: PictureSize, trained: number): string[] {
  if (size === 'native') return [];
  const { width, height } = networkSize(picture, size, trained);
  const shorter = shorterSide(size, trained);
  if (Math.min(width, height) >= shorter) return [];
  return [
    `translated at ${width}x${height}, not with ${shorter} pixels on the shorter side: ` +
      `pictures are enlarged to at most ${LONGEST_ENLARGED} pixels on the longer side`,
  ];
}

const shorterSide = (size: number | 'train', trained: number) => (size === 'train' ? trained : size);

/** Whether the network takes an image of this size at once, without tiles. */
export function fitsAtOnce({ width, height }: ImageSize, trained: number): boolean {
  return Math.max(width, height) <= WHOLE.sides * trained && width * height <= WHOLE.pixels * trained ** 2;
}

/**
 * Tiles for a network that was trained at this size. Larger ones would need less overlap, but the memory of attention, and in
 * narrow networks most of the time, grows with the square of their pixels: 8 heads take 170 MB at 384 x 384, 537 at 512 x 512.
 */
export function tileShape(trained: number, stride: number) {
  const upTo = (side: number) => Math.ceil(side / stride) * stride;
  return { side: upTo(1.5 * trained), margin: upTo(trained / 8), blend: upTo(trained / 8) };
}

/**
 * Translates a picture.
 * @param own the picture's size
 * @param sink takes the result, which has that size
 * @param onPart called with the share that is done, from 0 to 1; false to stop
 * @returns false if it was stopped
 */
export async function translateWhole(
  generator: TrainedTranslator,
  { resized, rows }: PictureParts,
  own: ImageSize,
  detail: PictureDetail,
  sink: RowSink,
  onPart: (done: number) => Promise<boolean>,
): Promise<boolean> {
  if (resized === undefined) return translated(generator, rows!, sink, onPart);
  const result = await translateImage(generator, resized, onPart);
  if (!result) return false;
  await enlarged(result, detail === 'source' ? { resized, rows: rows! } : undefined, own, sink);
  return true;
}

/**
 * Translates an image at its own size: at once if the network can, otherwise in tiles.
 * @param onPart called with the share that is done, from 0 to 1; false to stop
 * @returns undefined if it was stopped
 */
export async function translateImage(
  generator: TrainedTranslator,
  image: Image,
  onPart: (done: number) => Promise<boolean>,
): Promise<Image | undefined> {
  const made: Float32Array[] = [];
  const keep: RowSink = async ({ data }) => {
    made.push(data.slice());
  };
  const isDone = await translated(generator, rowsOf(image), keep, onPart);
  return isDone ? { ...image, data: joined(made) } : undefined;
}

/**
 * Translates rows at their own size: at once if the network can, otherwise in tiles.
 * @param onPart called with the share that is done, from 0 to 1; false to stop
 * @returns false if it was stopped
 */
export async function translated(
  generator: TrainedTranslator,
  source: ImageRows,
  sink: RowSink,
  onPart: (done: number) => Promise<boolean>,
): Promise<boolean> {
  const { trained, stride } = generator;
  if (!fitsAtOnce(source, trained)) {
    return translateTiled(generator, source, tileShape(trained, stride), sink, onPart);
  }
  await sink(await generator.translate(await source.read(0, source.height)));
  return onPart(1);
}

/** Enlarges a result to the picture's size, some rows at a time. */
async function enlarged(
  result: Image,
  source: { readonly resized: Image; readonly rows: ImageRows } | undefined,
  own: ImageSize,
  sink: RowSink,
): Promise<void> {
  const rowsAt = enlargedRows(source ? differenceOf(result, source.resized) : result, own);
  for (const [from, to] of stripsOf(own, VALUES)) {
    const base = source && (await source.rows.read(from, to));
    const strip = new Float32Array((to - from) * own.width * 3);
    let at = 0;
    for (const { data } of rowsAt(from, to, base)) {
      strip.set(data, at);
      at += data.length;
    }
    await sink({ width: own.width, height: to - from, data: strip });
  }
}

/** A picture's rows, as many at a time as have so many values. Each strip is given by its first row, and that after the last. */
export function* stripsOf(
  { width, height }: ImageSize,
  values: number,
): Generator<[from: number, to: number]> {
  const count = Math.max(1, Math.floor(values / (3 * width)));
  for (let from = 0; from < height; from += count) yield [from, Math.min(height, from + count)];
}

/**
 * Enlarges a result to the picture's size by bicubic interpolation. If it is a difference, `base`, the same rows of the picture,
 * is added. The picture itself is then enlarged in the same way, and what that lacks of the picture, its fine detail, is added:
 * result = picture + enlarged(result - resized).
 * @returns a function for rows `from` (inclusive) to `to` (exclusive), fastest from top to bottom. It gives one row after the
 *   other, each in the array of the one before.
 */
export function enlargedRows(
  low: Image,
  { width, height }: ImageSize,
): (from: number, to: number, base?: Image) => Generator<Image> {
  const rowAt = resizedRows(low, width, height, 'bicubic');
  return function* (from, to, base) {
    for (let row = from; row < to; row++) {
      const data = rowAt(row);
      const at = (row - from) * data.length;
      if (base) for (let i = 0; i < data.length; i++) data[i]! += base.data[at + i]!;
      yield { width, height: 1, data };
    }
  };
}

/** What a translation changed of the picture that the network saw. */
export function differenceOf(result: Image, seen: Image): Image {
  return { ...result, data: result.data.map((value, i) => value - seen.data[i]!) };
}

function rowsOf(image: Image): ImageRows {
  const { width, height, data } = image;
  return {
    width,
    height,
    read: async (from, to) => ({
      width,
      height: to - from,
      data: data.subarray(from * width * 3, to * width * 3),
    }),
  };
}
