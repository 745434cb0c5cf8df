/**
 * Files of prepared images: safetensors with the images, one after the other, and a text about them, so that one image can be
 * read without the others. `src/data/image-file-writer.ts` writes them.
 */

import * as z from 'zod';
import { safeParse } from '../../protocol/safe-parse.ts';
import { crc32OfBytes } from '../disk/crc-32.ts';
import { readBytes, readHeader, type SafetensorsHeader, withFile } from '../disk/safetensors-header.ts';
import { UserError } from '../user-error.ts';

/** The format in the file's metadata. */
export const IMAGE_FILE_FORMAT = 'denoised-weights/images-1';
/** Tensor of the images: uint8 [count, size, size, 3], sRGB. */
export const IMAGES = 'images';
/** Tensor of the text: JSON in UTF-8, as uint8. Its length is not known before the images are written, unlike the header's. */
export const ABOUT = 'about';
/** Tensor of the CRC-32 of each row of pixels, little-endian: uint8 [count, size, 4]. Files of earlier versions lack it. */
export const ROW_CHECKSUMS = 'crc32';
/** Key of the CRC-32 of the text in the file's metadata, as a decimal number. */
export const ABOUT_CHECKSUM = 'aboutCrc32';

/** Where the images of a file are, and what is known about them. */
export interface ImageFile<T> {
  readonly path: string;
  readonly count: number;
  /** Side in pixels. */
  readonly size: number;
  /** Position of the first image in the file. */
  readonly byteOffset: number;
  /** Position of the first row's checksum, if the file has checksums. */
  readonly checksumOffset: number | undefined;
  readonly about: T;
}

/** What a file of source images says about them. */
export const sourcesSchema = z.object({
  /** Names of the images below their source folder. */
  names: z.array(z.string()),
  /** Width and height of each file's whole image. */
  originals: z.array(z.tuple([z.number(), z.number()])),
  /** Images that cannot be decoded, by name, with the reason. */
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
});

/** What a file of a concept's targets says about them. */
export const pairsSchema = z.object({
  /** Name of the file in `.dnw/sources`. */
  sources: z.string(),
  /** Index of each target's source image there. */
  rows: z.array(z.number().int().min(0)),
  /** The source images' names. */
  names: z.array(z.string()),
  /** The first images are held out: their number. */
  test: z.number().int().min(0),
  /** Pairs that are left out because of their target, by the name of their source image, with the reason. */
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
  remarks: z.array(z.object({ level: z.enum(['info', 'warning']), message: z.string() })),
});

/**
 * Opens a file of prepared images; none of them is read.
 * @param schema of the text about them
 * @throws UserError if the file is missing, damaged or something else
 */
export async function openImageFile<T>(path: string, schema: z.ZodType<T>): Promise<ImageFile<T>> {
  return withFile(path, async (file) => {
    const header = await readHeader(file, path);
    const { shape, byteOffset } = imagesIn(header, path);
    const text = header.tensors.get(ABOUT);
    if (text?.dtype !== 'U8') throw damaged(path);
    const bytes = await readBytes(file, path, text.byteOffset, text.byteLength);
    const checksum = header.metadata[ABOUT_CHECKSUM];
    const about = safeParse(schema, jsonOf(bytes));
    if (!about.success || (checksum !== undefined && checksum !== String(crc32OfBytes(bytes))))
      throw damaged(path);
    const [count, size] = shape as [number, number];
    return { path, count, size, byteOffset, checksumOffset: checksumsIn(header, shape), about: about.data };
  });
}

/**
 * Reads one image.
 * @param index its place in the file, from 0
 * @returns size x size x 3 bytes
 * @throws UserError if the file is damaged (as far as it has checksums)
 */
export async function readImage(image: ImageFile<unknown>, index: number): Promise<Uint8Array> {
  const { path, size, byteOffset, checksumOffset } = image;
  return withFile(path, async (file) => {
    const bytes = size * size * 3;
    const pixels = await readBytes(file, path, byteOffset + index * bytes, bytes);
    if (checksumOffset !== undefined) {
      const checksums = await readBytes(file, path, checksumOffset + index * size * 4, size * 4);
      checkRows(image, index, pixels, checksums);
    }
    return pixels;
  });
}

/**
 * Compares rows of an image with the checksums that the file has for them.
 * @param index the image's place in the file, from 0
 * @throws UserError if they differ
 */
export function checkRows(
  { path, size }: Pick<ImageFile<unknown>, 'path' | 'size'>,
  index: number,
  pixels: Uint8Array,
  checksums: Uint8Array,
): void {
  if (Buffer.compare(checksums, rowChecksums(pixels, size)) === 0) return;
  throw new UserError(
    'damaged-file',
    `${path}: prepared image ${index + 1} is not as it was written: it does not fit its checksum. ` +
      'Delete the file, and run the stage again: the pairs are then prepared again.',
  );
}

/**
 * The checksums of the rows of an image, as a file of prepared images has them.
 * @param pixels rows of `size` pixels of 3 bytes
 */
export function rowChecksums(pixels: Uint8Array, size: number): Uint8Array {
  const rows = pixels.length / (size * 3);
  const checksums = Buffer.alloc(4 * rows);
  for (let row = 0; row < rows; row++) {
    checksums.writeUInt32LE(crc32OfBytes(pixels.subarray(row * size * 3, (row + 1) * size * 3)), 4 * row);
  }
  return checksums;
}

function imagesIn({ tensors, metadata }: SafetensorsHeader, path: string) {
  const images = tensors.get(IMAGES);
  if (metadata.format !== IMAGE_FILE_FORMAT || images?.dtype !== 'U8') throw damaged(path);
  const [, height, width, channels] = images.shape;
  if (images.shape.length !== 4 || height !== width || channels !== 3) throw damaged(path);
  return images;
}

function checksumsIn({ tensors }: SafetensorsHeader, [count, size]: readonly number[]): number | undefined {
  const checksums = tensors.get(ROW_CHECKSUMS);
  return checksums?.byteLength === 4 * count! * size! ? checksums.byteOffset : undefined;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

function damaged(path: string): UserError {
  return new UserError(
    'damaged-file',
    `${path}: not a file of prepared images. Delete it: the pairs are then prepared again.`,
  );
}
