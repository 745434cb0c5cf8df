/** One picture from its file to a file of translated pixels, in three parts that can overlap with those of other pictures. */
import { imageToBytes } from '../../data/image-values.ts';
import type { Picture, PictureRows } from '../../data/pictures.ts';
import { RawPictureWriter } from '../../data/raw-picture.ts';
import type { PictureDetail, PictureSize } from '../../protocol/stage-entry.ts';
import type { RowSink } from './translate-tiled.ts';
import { networkSize, type PictureParts, type TrainedTranslator, translateWhole } from './whole-picture.ts';

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

/**
 * Translates a decoded picture into a file of pixels, of the picture's size.
 * @param path of the `.v` file to write
 * @param onPart called with the share that is done, from 0 to 1; false to stop
 * @returns false if it was stopped
 */
export async function translatePicture(
  generator: TrainedTranslator,
  decoded: DecodedPicture,
  { detail }: TranslationSettings,
  path: string,
  onPart: (done: number) => Promise<boolean>,
): Promise<boolean> {
  const { picture, rows } = decoded;
  const { width, height, hasAlpha, density, exif } = picture;
  const writer = await RawPictureWriter.create(
    path,
    { width, height, channels: hasAlpha ? 4 : 3 },
    { ...(density !== undefined && { density }), ...(exif && { exif }) },
  );
  const put = withAlpha(writer, hasAlpha ? rows : undefined);
  try {
    if (!(await translateWhole(generator, decoded, picture, detail, put, onPart))) return false;
    await writer.finish();
    return true;
  } finally {
    await writer.close();
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
