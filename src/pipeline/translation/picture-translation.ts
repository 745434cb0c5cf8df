/** One picture from its file to a file of translated pixels, in three parts that can overlap with those of other pictures. */
import { type Image, imageToBytes } from '../../data/images.ts';
import type { Picture, PictureRows } from '../../data/pictures.ts';
import { RawPictureWriter } from '../../data/raw-picture.ts';
import { resizedRows } from '../../data/resampling.ts';
import type { PictureDetail, PictureSize } from '../../protocol/stage-entry.ts';
import type { AnySizeGenerator } from './any-size-generator.ts';
import { type ImageRows, type RowSink, translateTiled } from './translate-tiled.ts';

export interface TranslationSettings {
  readonly size: PictureSize;
  /** What a result that is enlarged takes from the picture. */
  readonly detail: PictureDetail;
}

/** A picture that is decoded as far as its translation needs. */
export interface DecodedPicture {
  readonly picture: Picture;
  /** The picture at the network's size; undefined if that is its own. */
  readonly reduced: Image | undefined;
  /** All of the picture's pixels, if they are needed. */
  readonly rows: PictureRows | undefined;
}

/** Whole pictures of up to this many times the sides, and the pixels, of the training images go through at once. */
const WHOLE = { sides: 4, pixels: 2.25 } as const;
/** Values of the rows that are written at once: they stay in the processor's cache. */
const VALUES = 2 ** 18;

/** The size at which the network sees a picture. */
export function networkSize(
  { width, height }: { readonly width: number; readonly height: number },
  size: PictureSize,
  trained: number,
): { width: number; height: number } {
  if (size === 'native') return { width, height };
  const shorter = size === 'train' ? trained : size;
  const scale = shorter / Math.min(width, height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * Tiles for a network that was trained at this size. Larger ones would need less overlap, but the memory of attention, and in
 * narrow networks most of the time, grows with the square of their pixels: 8 heads take 170 MB at 384 x 384, 537 at 512 x 512.
 */
export function tileShape(trained: number, stride: number) {
  const upTo = (side: number) => Math.ceil(side / stride) * stride;
  return { side: upTo(1.5 * trained), margin: upTo(trained / 8), blend: upTo(trained / 8) };
}

/** Decodes what the translation of a picture needs. @param scratch folder for a file of pixels */
export async function decodePicture(
  picture: Picture,
  settings: TranslationSettings,
  trained: number,
  scratch: string,
): Promise<DecodedPicture> {
  const { width, height } = networkSize(picture, settings.size, trained);
  const isOwnSize = width === picture.width && height === picture.height;
  const needsRows = isOwnSize || picture.hasAlpha || settings.detail === 'source';
  const reduced = isOwnSize ? undefined : await picture.reduced(width, height);
  return { picture, reduced, rows: needsRows ? await picture.rows(scratch) : undefined };
}

/**
 * Translates a decoded picture into a file of pixels, of the picture's size.
 * @param path of the `.v` file to write
 * @param onPart called with the share that is done, from 0 to 1; false to stop
 * @returns false if it was stopped
 */
export async function translatePicture(
  generator: AnySizeGenerator,
  decoded: DecodedPicture,
  { detail }: TranslationSettings,
  path: string,
  onPart: (done: number) => Promise<boolean>,
): Promise<boolean> {
  const { picture, reduced, rows } = decoded;
  const { width, height, hasAlpha, density, exif } = picture;
  const writer = await RawPictureWriter.create(
    path,
    { width, height, channels: hasAlpha ? 4 : 3 },
    { ...(density !== undefined && { density }), ...(exif && { exif }) },
  );
  const put = withAlpha(writer, hasAlpha ? rows : undefined);
  try {
    if (reduced === undefined) {
      if (!(await translated(generator, rows!, put, onPart))) return false;
    } else {
      const made: Float32Array[] = [];
      const keep: RowSink = async ({ data }) => {
        made.push(data.slice());
      };
      if (!(await translated(generator, rowsOf(reduced), keep, onPart))) return false;
      const result = { ...reduced, data: joined(made) };
      await enlarged(result, detail === 'source' ? { reduced, rows: rows! } : undefined, picture, put);
    }
    await writer.finish();
    return true;
  } finally {
    await writer.close();
  }
}

/** Translates rows at their own size: at once if the network can, otherwise in tiles. */
async function translated(
  generator: AnySizeGenerator,
  source: ImageRows,
  sink: RowSink,
  onPart: (done: number) => Promise<boolean>,
): Promise<boolean> {
  const { width, height } = source;
  const trained = generator.generator.options.imageSize;
  const fits =
    Math.max(width, height) <= WHOLE.sides * trained && width * height <= WHOLE.pixels * trained ** 2;
  if (!fits) return translateTiled(generator, source, tileShape(trained, generator.stride), sink, onPart);
  await sink(await generator.translate(await source.read(0, height)));
  return onPart(1);
}

/**
 * Enlarges a result to the picture's size by bicubic interpolation. With `source`, the picture itself is enlarged in the
 * same way and what that lacks of the picture, its fine detail, is added: result = picture + enlarged(result - reduced).
 */
async function enlarged(
  result: Image,
  source: { readonly reduced: Image; readonly rows: PictureRows } | undefined,
  { width, height }: Picture,
  sink: RowSink,
): Promise<void> {
  const low = source
    ? { ...result, data: result.data.map((value, i) => value - source.reduced.data[i]!) }
    : result;
  const rowAt = resizedRows(low, width, height, 'bicubic');
  const count = Math.max(1, Math.floor(VALUES / (3 * width)));
  for (let from = 0; from < height; from += count) {
    const to = Math.min(height, from + count);
    const base = source && (await source.rows.read(from, to)).data;
    const data = new Float32Array((to - from) * width * 3);
    for (let row = from; row < to; row++) data.set(rowAt(row), (row - from) * width * 3);
    if (base) for (let i = 0; i < data.length; i++) data[i]! += base[i]!;
    await sink({ width, height: to - from, data });
  }
}

/** Writes rows as bytes, with the alpha of the picture. */
function withAlpha(writer: RawPictureWriter, rows: PictureRows | undefined): RowSink {
  let next = 0;
  return async (image) => {
    const bytes = imageToBytes(image);
    const from = next;
    next += image.height;
    const alpha = rows && (await rows.readWithAlpha(from, next)).alpha;
    if (!alpha) return writer.append(bytes);
    const all = new Uint8Array(alpha.length * 4);
    for (let i = 0; i < alpha.length; i++) {
      all.set(bytes.subarray(3 * i, 3 * i + 3), 4 * i);
      all[4 * i + 3] = alpha[i]!;
    }
    return writer.append(all);
  };
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

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
