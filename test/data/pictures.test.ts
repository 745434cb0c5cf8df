import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { hasPlace, uprightExif } from '../../src/data/exif.ts';
import { imageToBytes } from '../../src/data/image-values.ts';
import { encodePicture, openPicture } from '../../src/data/pictures.ts';
import { RawPictureReader, RawPictureWriter } from '../../src/data/raw-picture.ts';
import { temporaryFolder } from '../temporary-folders.ts';

const OPTIONS = { maxFileSize: 10, keepPlace: false };

/** A picture with a different color in each pixel. */
const pixels = (width: number, height: number, channels: number) =>
  Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 256);

function raw(width: number, height: number, channels: 1 | 2 | 3 | 4 = 3) {
  return sharp(pixels(width, height, channels), { raw: { width, height, channels } });
}

async function opened(bytes: Buffer, name = 'photo') {
  const folder = temporaryFolder();
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return { picture: await openPicture(file, OPTIONS), scratch: folder };
}

async function wholeOf({ picture, scratch }: Awaited<ReturnType<typeof opened>>) {
  const rows = await picture.rows(scratch);
  const top = await rows.readWithAlpha(0, 2);
  const rest = await rows.readWithAlpha(2, rows.height);
  await rows.close();
  return {
    size: [rows.width, rows.height],
    bytes: [...imageToBytes(top.image), ...imageToBytes(rest.image)],
    alpha: top.alpha && [...top.alpha, ...rest.alpha!],
  };
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'a photograph with EXIF orientation %i comes upright, in full and small',
  async (orientation) => {
    // Lossless, so that pixels can be compared.
    const bytes = await raw(5, 3).withMetadata({ orientation }).png().toBuffer();
    const upright = sharp(bytes).autoOrient();
    const { data, info } = await upright.raw().toBuffer({ resolveWithObject: true });
    const photo = await opened(bytes);
    const whole = await wholeOf(photo);
    expect([photo.picture.width, photo.picture.height]).toEqual([info.width, info.height]);
    expect(whole).toEqual({ size: [info.width, info.height], bytes: [...data], alpha: undefined });
    const same = await photo.picture.resized(info.width, info.height);
    expect([...imageToBytes(same)]).toEqual([...data]);
    expect(photo.picture.remarks).toEqual(orientation === 1 ? [] : ['turned upright']);
  },
);

test('a small picture is enlarged where it lies', async () => {
  // A slope: pixel centers of both sizes lie on one line, away from the borders.
  const slope = Uint8Array.from({ length: 20 * 20 * 3 }, (_, i) => 10 + 12 * (Math.floor(i / 3) % 20));
  const bytes = await sharp(slope, { raw: { width: 20, height: 20, channels: 3 } })
    .png()
    .toBuffer();
  const { picture } = await opened(bytes);
  const enlarged = imageToBytes(await picture.resized(40, 40));
  for (let x = 6; x < 34; x++) {
    const expected = 10 + 12 * ((x + 0.5) / 2 - 0.5);
    expect(Math.abs(enlarged[3 * (20 * 40 + x)]! - expected)).toBeLessThanOrEqual(0.5);
  }
});

test('transparency comes on white, with the alpha beside it', async () => {
  const colors = Uint8Array.of(200, 100, 0, 255, 200, 100, 0, 0, 200, 100, 0, 128, 0, 0, 0, 255);
  const twice = sharp(Uint8Array.of(...colors, ...colors, ...colors), {
    raw: { width: 4, height: 3, channels: 4 },
  });
  const photo = await opened(await twice.png().toBuffer());
  const { bytes, alpha } = await wholeOf(photo);
  expect(alpha!.slice(0, 4)).toEqual([255, 0, 128, 255]);
  // 255 - 128 of white and 128 of the color, of 255.
  expect(bytes.slice(0, 12)).toEqual([200, 100, 0, 255, 255, 255, 227, 177, 127, 0, 0, 0]);
  expect(photo.picture.remarks).toEqual(['translated on white, its transparency kept']);
});

test.each([
  ['grayscale', () => raw(4, 3, 1).toColorspace('b-w').png(), ['grayscale translated as RGB']],
  [
    '16 bits',
    () =>
      sharp(
        Uint16Array.from({ length: 36 }, (_, i) => i * 1500),
        { raw: { width: 4, height: 3, channels: 3 } },
      )
        .toColorspace('rgb16')
        .png(),
    ['reduced to 8 bits'],
  ],
  ['CMYK', () => raw(4, 3).toColorspace('cmyk').tiff(), expect.arrayContaining(['CMYK converted to RGB'])],
  [
    'Display P3',
    () => raw(4, 3).withIccProfile('p3').png(),
    [expect.stringMatching(/^colors converted from .*P3.* to sRGB$/i)],
  ],
] as const)('%s becomes 8-bit sRGB, which is said', async (_, make, remarks) => {
  const bytes = await make().toBuffer();
  const photo = await opened(bytes);
  const expected = await sharp(bytes).toColorspace('srgb').raw({ depth: 'uchar' }).toBuffer();
  expect((await wholeOf(photo)).bytes).toEqual([...expected]);
  expect(photo.picture.remarks).toEqual(remarks);
});

test('what is no picture is refused with its name', async () => {
  await expect(opened(Buffer.from('text'), 'a.jpg')).rejects.toThrow(
    /a\.jpg: not an image of a supported format/,
  );
  await expect(opened(Buffer.alloc(0), 'a.jpg')).rejects.toThrow(/a\.jpg: .*empty/);
  const cut = (await raw(64, 64).jpeg().toBuffer()).subarray(0, 1500);
  const { picture, scratch } = await opened(cut, 'cut.jpg');
  await expect(picture.resized(16, 16)).rejects.toThrow(/cut\.jpg: cannot be decoded/);
  await expect(picture.rows(scratch)).rejects.toThrow(/cut\.jpg: cannot be decoded/);
});

const PHOTO_EXIF = {
  IFD0: { Make: 'Camera', Copyright: 'Somebody' },
  IFD2: { DateTimeOriginal: '2026:01:02 03:04:05' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 1234567/100000' },
};

test.each(['png', 'jpeg', 'webp'] as const)(
  'metadata of a photograph are kept in %s, except where it was taken',
  async (format) => {
    const photo = await raw(6, 4)
      .withMetadata({ orientation: 6, density: 300 })
      .withExif(PHOTO_EXIF)
      .withExifMerge({ IFD0: { Orientation: '6' } })
      .jpeg()
      .toBuffer();
    const folder = temporaryFolder();
    for (const keepPlace of [false, true]) {
      writeFileSync(join(folder, 'photo.jpg'), photo);
      const picture = await openPicture(join(folder, 'photo.jpg'), { ...OPTIONS, keepPlace });
      const path = join(folder, `made-${keepPlace}.v`);
      const writer = await RawPictureWriter.create(
        path,
        { width: 4, height: 6, channels: 3 },
        { density: picture.density!, exif: picture.exif! },
      );
      await writer.append(pixels(4, 6, 3));
      await writer.finish();
      await writer.close();
      const made = await encodePicture(path, format, 90);
      const metadata = await sharp(made).metadata();
      expect([metadata.width, metadata.height, metadata.orientation ?? 1]).toEqual([4, 6, 1]);
      const text = metadata.exif!.toString('latin1');
      for (const kept of ['Camera', 'Somebody', '2026:01:02 03:04:05', 'Denoised Weights'])
        expect(text).toContain(kept);
      expect(hasPlace(metadata.exif!)).toBe(keepPlace);
      // The numerator of the seconds, in either byte order.
      const [little, big] = [Buffer.alloc(4), Buffer.alloc(4)];
      little.writeUInt32LE(1234567);
      big.writeUInt32BE(1234567);
      expect(made.includes(little) || made.includes(big)).toBe(keepPlace);
      expect(picture.remarks.includes('where it was taken is left out')).toBe(!keepPlace);
    }
  },
);

test('damaged EXIF blocks are left out rather than read beyond their end', async () => {
  const exif = (await sharp(await raw(2, 2).withExif(PHOTO_EXIF).jpeg().toBuffer()).metadata()).exif!;
  expect(uprightExif(exif, false)).toBeInstanceOf(Buffer);
  for (const length of [0, 5, 10, 20, 60])
    expect(uprightExif(exif.subarray(0, length), false)).toBeUndefined();
});

test('files of pixels are read as sharp reads them', async () => {
  const path = join(temporaryFolder(), 'a.v');
  const size = { width: 7, height: 5, channels: 4 } as const;
  const bytes = pixels(7, 5, 4);
  const writer = await RawPictureWriter.create(path, size);
  await writer.append(bytes.subarray(0, 7 * 4 * 2));
  await expect(writer.finish()).rejects.toThrow('2 of 5 rows');
  await writer.append(bytes.subarray(7 * 4 * 2));
  await writer.finish();
  await writer.close();
  expect([...(await sharp(path).raw().toBuffer())]).toEqual([...bytes]);
  const reader = await RawPictureReader.open(path);
  expect([reader.width, reader.height, reader.channels]).toEqual([7, 5, 4]);
  expect([...(await reader.read(3, 5))]).toEqual([...bytes.subarray(7 * 4 * 3)]);
  await reader.close();
});

test('a disk that is full is reported with the file of pixels', async () => {
  const full = { code: 'ENOSPC', path: '/dev/full' };
  const size = { width: 2, height: 1, channels: 3 } as const;
  await expect(RawPictureWriter.create('/dev/full', size)).rejects.toMatchObject(full);
});
