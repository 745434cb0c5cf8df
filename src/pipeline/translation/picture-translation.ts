/** One picture from its file to a file of translated pixels, in three parts that can overlap with those of other pictures. */
import { type Image, imageToBytes } from '../../data/image-values.ts';
import { type PictureRows, withAlpha } from '../../data/picture-rows.ts';
import type { Picture } from '../../data/pictures.ts';
import { RawPictureWriter } from '../../data/raw-picture.ts';
import { inOrder } from '../../project/in-order.ts';
import type { PictureDetail, PictureSize } from '../../protocol/stage-entry.ts';
import type { EnlargementThreads } from './enlargement-threads.ts';
import {
  differenceOf,
  networkSize,
  type PictureParts,
  stripsOf,
  type TrainedTranslator,
  translated,
  translateImage,
} from './whole-picture.ts';

export interface TranslationSettings {
  readonly size: PictureSize;
  /** What a result that is enlarged takes from the picture. */
  readonly detail: PictureDetail;
}

/** A picture that is decoded as far as its translation needs. */
export interface DecodedPicture extends PictureParts {
  readonly picture: Picture;
  readonly rows: PictureRows | undefined;
}

/**
 * Decodes what the translation of a picture needs.
 * @param trained see `networkSize`
 * @param scratch folder for a file of pixels
 */
export async function decodePicture(
  picture: Picture,
  settings: TranslationSettings,
  trained: number,
  scratch: string,
): Promise<DecodedPicture> {
  const { width, height } = networkSize(picture, settings.size, trained);
  const isOwnSize = width === picture.width && height === picture.height;
  const needsRows = isOwnSize || picture.hasAlpha || settings.detail === 'source';
  const resized = isOwnSize ? undefined : await picture.resized(width, height);
  return { picture, resized, rows: needsRows ? await picture.rows(scratch) : undefined };
}

/** What is left to do for a picture when the network has made its part: needs the threads, not the network. */
export type Rest = () => Promise<void>;

/** Values of the rows that a thread enlarges at once. */
const VALUES = 2 ** 20;
const NEVER_ABORTED = new AbortController().signal;
/** Strips of a picture that are on their way at the same time, so that a thread finds the next one ready. */
const STRIPS = 2;

/**
 * Translates a decoded picture into a file of pixels, of the picture's size. The network is needed until this returns; the file
 * is whole, and the decoded picture closed, when the rest is done.
 * @param path of the `.v` file to write
 * @param onPart called with the share of the network's part that is done, from 0 to 1; false to stop
 * @returns undefined if it was stopped
 */
export async function translatePicture(
  generator: TrainedTranslator,
  decoded: DecodedPicture,
  { detail }: TranslationSettings,
  path: string,
  threads: EnlargementThreads,
  onPart: (done: number) => Promise<boolean>,
): Promise<Rest | undefined> {
  const { picture, resized, rows } = decoded;
  let rest: Rest | undefined;
  try {
    if (resized) {
      const result = await translateImage(generator, resized, onPart);
      const isAdded = detail === 'source';
      const low = result && isAdded ? differenceOf(result, resized) : result;
      rest = low && (() => writeEnlarged(low, isAdded, picture, rows, path, threads));
    } else if (await writeTranslated(generator, picture, rows!, path, onPart)) rest = async () => {};
  } finally {
    if (!rest) await rows?.close();
  }
  return rest && (() => rest().finally(() => rows?.close()));
}

/** Translates a picture at its own size. @returns false if it was stopped */
async function writeTranslated(
  generator: TrainedTranslator,
  picture: Picture,
  rows: PictureRows,
  path: string,
  onPart: (done: number) => Promise<boolean>,
): Promise<boolean> {
  let next = 0;
  return writePixels(path, picture, (append) =>
    translated(
      generator,
      rows,
      async (image) => {
        const from = next;
        next += image.height;
        const alpha = picture.hasAlpha ? (await rows.readWithAlpha(from, next)).alpha : undefined;
        await append(withAlpha(imageToBytes(image), alpha));
      },
      onPart,
    ),
  );
}

async function writeEnlarged(
  low: Image,
  isAdded: boolean,
  picture: Picture,
  rows: PictureRows | undefined,
  path: string,
  threads: EnlargementThreads,
): Promise<void> {
  const own = { width: picture.width, height: picture.height };
  // All strips read the same memory, instead of a copy each.
  const data = new Float32Array(new SharedArrayBuffer(low.data.byteLength));
  data.set(low.data);
  const shared = { ...low, data };
  const strip = async ([from, to]: [number, number]) => {
    const bytes = await rows?.readBytes(from, to);
    const seen = rows && bytes && { bytes, channels: rows.channels, isBase: isAdded };
    const job = { low: shared, own, from, to, ...(seen && { picture: seen }) };
    return threads.run(job, NEVER_ABORTED, bytes ? [bytes.buffer] : []);
  };
  await writePixels(path, picture, async (append) => {
    for await (const bytes of inOrder(stripsOf(own, VALUES), STRIPS, strip)) await append(bytes);
    return true;
  });
}

/**
 * Writes a file of pixels.
 * @param write calls `append` for the rows from top to bottom, unless it is stopped, and then returns false
 */
async function writePixels(
  path: string,
  { width, height, hasAlpha, density, exif }: Picture,
  write: (append: (rows: Uint8Array) => Promise<void>) => Promise<boolean>,
): Promise<boolean> {
  const writer = await RawPictureWriter.create(
    path,
    { width, height, channels: hasAlpha ? 4 : 3 },
    { ...(density !== undefined && { density }), ...(exif && { exif }) },
  );
  try {
    if (!(await write((rows) => writer.append(rows)))) return false;
    await writer.finish();
    return true;
  } finally {
    await writer.close();
  }
}
