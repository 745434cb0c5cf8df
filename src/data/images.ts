import { readFile, stat } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { writeWhole } from '../project/disk/write-whole.ts';
import { DEFAULT_MAX_FILE_SIZE } from '../project/schema/training-schema.ts';
import { UserError } from '../project/user-error.ts';
import { type Image, type ImageSize, imageFromBytes, imageToBytes } from './image-values.ts';

/** An image that was decoded from a file. */
export interface DecodedImage extends Image {
  /** Size of the file's whole image, upright. */
  readonly original: ImageSize;
}

/** How an image of another shape becomes square: crop to the center, pad by repeating the edge, or stretch. */
export type Fit = 'cover' | 'contain' | 'fill';

export interface LoadOptions {
  /** Side of the square result in pixels. */
  readonly size: number;
  readonly fit: Fit;
  /** Size of the largest file that is read, in mebibytes. */
  readonly maxFileSize?: number;
  /** Use only this half of the file's image (in the Pix2pix layout, A is on the left and B on the right). */
  readonly half?: 'left' | 'right';
}

/** An image file that cannot be used. */
export class UnreadableImage extends UserError {
  constructor(
    readonly file: string,
    /** What is wrong with the file, without its name. */
    readonly reason: string,
    cause: unknown,
  ) {
    super('unreadable-image', `${file}: ${reason}`, { cause });
  }
}

const MEBIBYTE = 2 ** 20;

/** sharp's names of the supported formats: JPEG, PNG, WebP, TIFF, GIF (first frame), AVIF. */
const FORMATS: readonly string[] = ['jpeg', 'png', 'webp', 'tiff', 'gif', 'heif'];

/**
 * Decodes an image file of any size to a square sRGB image: rotated as its EXIF orientation says, transparency on white,
 * grayscale and CMYK converted, 16 bits reduced to 8.
 * @throws UnreadableImage that names the file and what is wrong with it
 */
export async function loadImage(path: string, options: LoadOptions): Promise<DecodedImage> {
  const { size } = options;
  return unreadable(path, async () => {
    // By content, not by path: sharp caches what it opens by path and would miss a changed file.
    const { bytes, original } = await decode(await readPicture(path, options.maxFileSize), options);
    return { ...imageFromBytes(bytes, size, size), original };
  });
}

/**
 * The bytes of a regular file, after links. A device or a named pipe may never end, and a folder has no bytes: they are
 * refused before they are opened, and so is a file that is too large.
 */
export async function readPicture(path: string, maxFileSize = DEFAULT_MAX_FILE_SIZE): Promise<Buffer> {
  const stats = await stat(path);
  if (!stats.isFile()) {
    throw new NotAPicture(stats.isDirectory() ? 'it is a folder' : 'it is not a regular file');
  }
  const size = stats.size / MEBIBYTE;
  if (size > maxFileSize) {
    throw new NotAPicture(
      `it has ${Math.ceil(size)} MiB, and at most ${maxFileSize} are read (image.maxFileSize)`,
    );
  }
  return readFile(path);
}

/** What is wrong with a file that is not read at all. */
class NotAPicture extends Error {}

/** Runs what may fail because of an image file. @throws UnreadableImage in place of any other error */
export async function unreadable<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new UnreadableImage(name, reasonOf(error), error);
  }
}

/** Opens the bytes of an image file. @throws if they are none, or those of a format that is not supported */
export async function openImage(bytes: Buffer): Promise<{ input: Sharp; metadata: Metadata }> {
  if (bytes.length === 0) throw new Error('the file is empty');
  if (isHeic(bytes)) throw new NotAPicture(HEIC);
  // Accept slightly irregular files of real cameras, but not truncated or corrupt ones.
  const input = sharp(bytes, { failOn: 'error' });
  const metadata = await input.metadata();
  if (metadata.compression === 'hevc') throw new NotAPicture(HEIC);
  if (!FORMATS.includes(metadata.format)) throw new Error(`${metadata.format} images are not supported`);
  return { input, metadata };
}

async function decode(
  bytes: Buffer,
  { size, fit, half }: LoadOptions,
): Promise<{ bytes: Uint8Array; original: ImageSize }> {
  const { input, metadata } = await openImage(bytes);
  const { autoOrient } = metadata;
  const pipeline = input.autoOrient();
  let { width, height } = autoOrient;
  if (half) {
    const full = width;
    width = Math.floor(full / 2);
    if (width === 0) throw new Error('the image is one pixel wide, so it has no left and right half');
    pipeline.extract({ left: half === 'left' ? 0 : full - width, top: 0, width, height });
  }
  if (fit === 'contain') {
    const scale = size / Math.max(width, height);
    const inner = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
    const [left, top] = inner.map((side) => Math.floor((size - side) / 2)) as [number, number];
    const [right, bottom] = [size - inner[0]! - left, size - inner[1]! - top];
    pipeline
      .resize(inner[0]!, inner[1]!, { fit: 'fill' })
      .extend({ left, top, right, bottom, extendWith: 'copy' });
  } else {
    pipeline.resize(size, size, { fit });
  }
  const { data, info } = await pipeline
    .flatten({ background: '#ffffff' })
    .toColorspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.width !== size || info.height !== size || info.channels !== 3) {
    throw new Error(`decoded to ${info.width}x${info.height}x${info.channels}, not ${size}x${size}x3`);
  }
  return { bytes: data, original: { width: autoOrient.width, height: autoOrient.height } };
}

function reasonOf(error: unknown): string {
  if (error instanceof NotAPicture) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code) return `cannot be read (${code})`;
  if (message.includes('unsupported image format')) {
    return 'not an image of a supported format (JPEG, PNG, WebP, TIFF, GIF, AVIF)';
  }
  return `cannot be decoded as an image: ${decoderReason(message)}`;
}

/** What sharp says before a decoder's own words, of which there may be none. */
const BAD_HEADER = /^Input \w+ has corrupt header:?/;
/** What a reader of ISO base media files says of each place where it looks for the end of a file. */
const SEEKING = /^source: bad seek/;

/** The first thing that a decoder has to say. libvips repeats its message for each line on which it failed. */
function decoderReason(message: string): string {
  const lines = message
    .replace(BAD_HEADER, '')
    .split('\n')
    .map((line) => line.trim().replace(/[:.]+$/, ''));
  const said = lines.find((line) => line !== '' && line !== 'Unknown error' && !SEEKING.test(line));
  if (BAD_HEADER.test(message)) return `its header is damaged${said === undefined ? '' : ` (${said})`}`;
  return said ?? 'it is damaged, and its decoder does not say where';
}

const HEIC = 'HEIC pictures cannot be read: convert them to JPEG or PNG';
/** Brands of HEIF files that are coded with HEVC (ISO/IEC 23008-12, annex B). */
const HEVC_BRANDS: readonly string[] = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];

/** Bytes of a file type box that are looked at; real ones have less than a hundred. */
const MAX_TYPE_BOX = 1024;

/** Whether a file says that it needs a decoder of HEVC: by its file type box, which lists brands of four letters. */
function isHeic(bytes: Buffer): boolean {
  if (bytes.toString('latin1', 4, 8) !== 'ftyp') return false;
  // A damaged length must not make text of a whole file.
  const box = bytes.toString('latin1', 8, Math.min(bytes.readUInt32BE(0), MAX_TYPE_BOX));
  const [major, , ...compatible] = box.match(/[\s\S]{4}/g) ?? [];
  const brands = [major, ...compatible];
  return !brands.includes('avif') && brands.some((brand) => brand && HEVC_BRANDS.includes(brand));
}

const asRaw = (image: Image) =>
  sharp(imageToBytes(image), { raw: { width: image.width, height: image.height, channels: 3 } });

/** The image at another size, rounded to 8 bits. */
export async function resizedImage(image: Image, width: number, height: number): Promise<Image> {
  const bytes = await asRaw(image).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return imageFromBytes(bytes, width, height);
}

/** The image as the bytes of a PNG file. @param compressionLevel of zlib, 0 to 9 */
export async function encodePng(image: Image, compressionLevel = 6): Promise<Buffer> {
  return asRaw(image).png({ compressionLevel }).toBuffer();
}

/** Writes a PNG file. It is written whole or not at all. */
export async function writePng(path: string, image: Image): Promise<void> {
  await writeWhole(path, await encodePng(image));
}

/**
 * Writes a PNG contact sheet: the images of each row from left to right, on white, in cells of the size of the largest
 * image.
 */
export async function writeGrid(path: string, rows: readonly (readonly Image[])[]): Promise<void> {
  const images = rows.flat();
  const gap = 2;
  const cellWidth = Math.max(...images.map(({ width }) => width)) + gap;
  const cellHeight = Math.max(...images.map(({ height }) => height)) + gap;
  const width = cellWidth * Math.max(...rows.map((row) => row.length)) - gap;
  const height = cellHeight * rows.length - gap;
  const data = new Float32Array(width * height * 3).fill(1);
  rows.forEach((row, rowIndex) => {
    row.forEach((image, column) => {
      for (let y = 0; y < image.height; y++) {
        const line = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
        data.set(line, ((rowIndex * cellHeight + y) * width + column * cellWidth) * 3);
      }
    });
  });
  await writePng(path, { width, height, data });
}
