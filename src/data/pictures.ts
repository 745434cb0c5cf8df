/** Pictures as people have them, whole: of any size and shape, read for a translation and written after it. */
import { rm } from 'node:fs/promises';
import sharp, { type Metadata, type Region, type Sharp } from 'sharp';
import { hashContent } from '../project/disk/file-hash.ts';
import { newPixelPart } from '../project/disk/write-whole.ts';
import type { PictureFormat } from '../protocol/stage-entry.ts';
import { hasPlace, uprightExif } from './exif.ts';
import { type Image, imageFromBytes, imageToBytes } from './image-values.ts';
import { openImage, readPicture, UnreadableImage, unreadable } from './images.ts';
import { PictureRows } from './picture-rows.ts';
import { resizedRows } from './resampling.ts';

// sharp would keep the last files open, by their paths: files of pixels that are gone would take space, and a new one of the
// same name would be taken for the old one.
sharp.cache(false);

/** Quality of lossy formats where none is asked for. */
const DEFAULT_QUALITY = 90;
/** The most pixels that a side can have. */
const LARGEST_SIDE: Readonly<Record<PictureFormat, number>> = {
  png: 2 ** 31 - 1,
  jpeg: 65_535,
  webp: 16_383,
};

export interface PictureOptions {
  /** Size of the largest file that is read, in mebibytes. */
  readonly maxFileSize: number;
  /** Whether the place where a photograph was taken stays in its metadata. */
  readonly keepPlace: boolean;
  /** The picture is this half of the file's: in the Pix2pix layout, A is on the left and B on the right. */
  readonly half?: 'left' | 'right' | undefined;
}

/** A picture file that was opened, not yet decoded. */
export interface Picture {
  readonly file: string;
  /** Size when it is upright. */
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
  /** SHA-256 of the file's bytes; for a half, of that and which half it is. */
  readonly hash: string;
  /** Pixels per inch, where the file says so. */
  readonly density: number | undefined;
  /** The EXIF block that belongs to the upright picture. */
  readonly exif: Buffer | undefined;
  /** What is done with the picture that its owner should know, each as a part of a sentence. */
  readonly remarks: readonly string[];
  /** The whole picture at another size, transparency on white, as networks see pictures. */
  resized(width: number, height: number): Promise<Image>;
  /**
   * Decodes the whole picture into a file, and opens it.
   * @param scratch folder for the file, which `close` removes
   */
  rows(scratch: string): Promise<PictureRows>;
}

/**
 * Opens a picture: its EXIF orientation is applied, its color profile converted to sRGB, 16 bits reduced to 8, grayscale and
 * CMYK converted.
 * @throws UnreadableImage that names the file and what is wrong with it
 */
export async function openPicture(file: string, options: PictureOptions): Promise<Picture> {
  return unreadable(file, async () => {
    const bytes = await readPicture(file, options.maxFileSize);
    const { input, metadata } = await openImage(bytes);
    const part = partOf(metadata, options.half);
    const { width, height } = part;
    return {
      file,
      width,
      height,
      hasAlpha: metadata.hasAlpha,
      hash: options.half ? hashContent(`${hashContent(bytes)} ${options.half}`) : hashContent(bytes),
      density: metadata.density,
      exif: metadata.exif && uprightExif(metadata.exif, options.keepPlace),
      remarks: remarksOn(metadata, options),
      resized: (toWidth, toHeight) =>
        unreadable(file, async () => {
          const whole = input.clone().autoOrient();
          const upright = options.half ? whole.extract(part) : whole;
          // libvips would enlarge it with a shift of half a pixel.
          if (toWidth > width) {
            const own = imageFromBytes(await flattened(upright), width, height);
            return enlarged(own, toWidth, toHeight);
          }
          const data = await flattened(upright.resize(toWidth, toHeight, { fit: 'fill' }));
          return imageFromBytes(data, toWidth, toHeight);
        }),
      rows: (scratch) =>
        unreadable(file, () => decodeInto(scratch, input.clone(), metadata, options.half && part)),
    };
  });
}

/** Bytes of the pixels of an image, transparency on white. */
function flattened(image: Sharp): Promise<Buffer> {
  return image.flatten({ background: '#ffffff' }).toColorspace('srgb').raw({ depth: 'uchar' }).toBuffer();
}

/** An image at a larger size, rounded to 8 bits. */
function enlarged(image: Image, width: number, height: number): Image {
  const rowAt = resizedRows(image, width, height, 'bicubic');
  const data = new Float32Array(width * height * 3);
  for (let row = 0; row < height; row++) data.set(rowAt(row), row * width * 3);
  return imageFromBytes(imageToBytes({ width, height, data }), width, height);
}

/**
 * A small copy of a picture, upright, as a PNG file.
 * @param side the longer side in pixels; smaller pictures keep their size
 * @param maxFileSize as in `PictureOptions`
 * @throws UnreadableImage that names the file and what is wrong with it
 */
export async function thumbnailOf(file: string, side: number, maxFileSize: number): Promise<Buffer> {
  return unreadable(file, async () => {
    const { input } = await openImage(await readPicture(file, maxFileSize));
    return input
      .autoOrient()
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColorspace('srgb')
      .png()
      .toBuffer();
  });
}

/** What of the upright file is the picture. */
function partOf({ autoOrient: { width, height } }: Metadata, half: PictureOptions['half']): Region {
  if (half === undefined) return { left: 0, top: 0, width, height };
  const halved = Math.floor(width / 2);
  if (halved === 0) throw new Error('the image is one pixel wide, so it has no left and right half');
  return { left: half === 'left' ? 0 : width - halved, top: 0, width: halved, height };
}

async function decodeInto(
  scratch: string,
  input: Sharp,
  { orientation = 1 }: Metadata,
  part: Region | undefined,
): Promise<PictureRows> {
  const decoded = newPixelPart(scratch);
  await input.toColorspace('srgb').keepExif().toFile(decoded);
  if (orientation === 1 && !part) return PictureRows.open(decoded);
  // Turning takes pixels from anywhere: from a file of pixels, and not from a picture in memory.
  const upright = newPixelPart(scratch);
  const turned = sharp(decoded).autoOrient();
  await (part ? turned.extract(part) : turned).toFile(upright);
  await rm(decoded);
  return PictureRows.open(upright);
}

function remarksOn(metadata: Metadata, { keepPlace }: PictureOptions): string[] {
  const { icc, exif, depth, orientation = 1, space, hasAlpha, pages = 1 } = metadata;
  const profile = icc && profileName(icc);
  const isSrgb = profile === undefined || /sRGB/i.test(profile);
  return [
    ...(isSrgb ? [] : [`colors converted from ${profile || 'its color profile'} to sRGB`]),
    ...(space === 'cmyk' ? ['CMYK converted to RGB'] : []),
    ...(space === 'b-w' || space === 'grey16' ? ['grayscale translated as RGB'] : []),
    ...(depth !== 'uchar' ? ['reduced to 8 bits'] : []),
    ...(orientation > 1 ? ['turned upright'] : []),
    ...(hasAlpha ? ['translated on white, its transparency kept'] : []),
    ...(pages > 1 ? [`only the first of ${pages} pictures in the file`] : []),
    ...(exif && !keepPlace && hasPlace(exif) ? ['where it was taken is left out'] : []),
    ...(exif && !uprightExif(exif, keepPlace) ? ['its EXIF metadata are damaged and left out'] : []),
  ];
}

/** Description of an ICC profile (ICC.1:2022, tag 'desc'); empty if it has none that can be read. */
function profileName(icc: Buffer): string {
  try {
    const count = icc.readUInt32BE(128);
    for (let i = 0; i < Math.min(count, 100); i++) {
      const entry = 132 + i * 12;
      if (icc.toString('latin1', entry, entry + 4) !== 'desc') continue;
      const at = icc.readUInt32BE(entry + 4);
      if (icc.toString('latin1', at, at + 4) === 'desc') {
        return icc.toString('latin1', at + 12, at + 12 + icc.readUInt32BE(at + 8) - 1);
      }
      // Multi-localized Unicode: the first record, in big-endian UTF-16.
      const [length, offset] = [icc.readUInt32BE(at + 20), icc.readUInt32BE(at + 24)];
      return Buffer.from(icc.subarray(at + offset, at + offset + length))
        .swap16()
        .toString('utf16le');
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return '';
}

/**
 * Encodes a file of pixels. Its EXIF metadata are kept, and the name of this program is added.
 * @param path a `.v` file
 * @param quality 1 to 100, for JPEG and WebP
 */
export async function encodePicture(
  path: string,
  format: PictureFormat,
  quality = DEFAULT_QUALITY,
): Promise<Buffer> {
  const picture = sharp(path)
    .keepExif()
    .withExifMerge({ IFD0: { Software: 'Denoised Weights' } });
  switch (format) {
    case 'png':
      return picture.png().toBuffer();
    case 'jpeg':
      // Optimal codes would need the whole picture in memory once more, and save two percent.
      return picture.flatten({ background: '#ffffff' }).jpeg({ quality, optimizeCoding: false }).toBuffer();
    case 'webp':
      return picture.webp({ quality }).toBuffer();
  }
}

/** @throws UnreadableImage if a picture is too large for the format of its translation */
export function refuseTooLarge({ file, width, height }: Picture, format: PictureFormat): void {
  const most = LARGEST_SIDE[format];
  if (width <= most && height <= most) return;
  const reason = `it has ${width}x${height} pixels, and ${format} takes at most ${most} on a side (use --format png)`;
  throw new UnreadableImage(file, reason, undefined);
}
