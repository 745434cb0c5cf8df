import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Image, imageFromBytes, imageToBytes } from '../../src/data/image-values.ts';
import { type LoadOptions, loadImage, writeGrid, writePng } from '../../src/data/images.ts';
import { UserError } from '../../src/project/user-error.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'images-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Rgb = readonly [number, number, number];
const RED: Rgb = [220, 30, 40];
const GREEN: Rgb = [20, 180, 60];
const BLUE: Rgb = [30, 60, 200];
const YELLOW: Rgb = [230, 210, 40];

/** Red upper left, green upper right, blue lower left, yellow lower right. */
function quarters(width: number, height: number): Sharp {
  const bytes = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const top = x < width / 2 ? RED : GREEN;
      const bottom = x < width / 2 ? BLUE : YELLOW;
      bytes.set(y < height / 2 ? top : bottom, (y * width + x) * 3);
    }
  }
  return sharp(bytes, { raw: { width, height, channels: 3 } });
}

async function load(
  name: string,
  bytes: Buffer | string,
  options: Partial<LoadOptions> = {},
): Promise<Image> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return loadImage(path, { size: 32, fit: 'cover', ...options });
}

/** The color at relative position (x, y), as bytes. */
function colorAt(image: Image, x: number, y: number): number[] {
  const at = (Math.floor(y * image.height) * image.width + Math.floor(x * image.width)) * 3;
  return [...imageToBytes(image).subarray(at, at + 3)];
}

function expectColors(image: Image, expected: Rgb[], tolerance: number): void {
  const places = [
    [0.25, 0.25],
    [0.75, 0.25],
    [0.25, 0.75],
    [0.75, 0.75],
  ] as const;
  places.forEach(([x, y], i) => {
    colorAt(image, x, y).forEach((value, channel) => {
      expect(Math.abs(value - expected[i]![channel]!), `place ${i}, channel ${channel}`).toBeLessThanOrEqual(
        tolerance,
      );
    });
  });
}

const ALL = [RED, GREEN, BLUE, YELLOW];

describe('loadImage', () => {
  const formats: [string, () => Promise<Buffer>, number][] = [
    ['baseline.jpg', () => quarters(80, 60).jpeg({ quality: 95 }).toBuffer(), 4],
    ['progressive.jpeg', () => quarters(61, 93).jpeg({ quality: 95, progressive: true }).toBuffer(), 4],
    ['tiny.JPG', () => quarters(8, 8).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(), 6],
    ['large.jpg', () => quarters(1500, 1000).jpeg().toBuffer(), 4],
    ['truecolor.png', () => quarters(50, 50).png().toBuffer(), 0],
    ['palette.png', () => quarters(50, 50).png({ palette: true }).toBuffer(), 2],
    ['sixteen-bit.png', () => quarters(50, 50).toColorspace('rgb16').png().toBuffer(), 1],
    ['lossy.webp', () => quarters(64, 48).webp({ quality: 95 }).toBuffer(), 8],
    ['lossless.webp', () => quarters(64, 48).webp({ lossless: true }).toBuffer(), 0],
    ['deflated.tiff', () => quarters(64, 48).tiff({ compression: 'deflate' }).toBuffer(), 0],
    ['still.gif', () => quarters(64, 48).gif().toBuffer(), 3],
    ['modern.avif', () => quarters(64, 48).avif({ quality: 90 }).toBuffer(), 6],
  ];
  test.each(formats)('%s', async (name, encode, tolerance) => {
    expectColors(await load(name, await encode()), ALL, tolerance);
  });

  // EXIF orientation n: what a viewer must do, hence where each stored quarter is seen.
  const orientations: [number, Rgb[]][] = [
    [1, [RED, GREEN, BLUE, YELLOW]],
    [2, [GREEN, RED, YELLOW, BLUE]],
    [3, [YELLOW, BLUE, GREEN, RED]],
    [4, [BLUE, YELLOW, RED, GREEN]],
    [5, [RED, BLUE, GREEN, YELLOW]],
    [6, [BLUE, RED, YELLOW, GREEN]],
    [7, [YELLOW, GREEN, BLUE, RED]],
    [8, [GREEN, YELLOW, RED, BLUE]],
  ];
  test.each(orientations)('EXIF orientation %i is turned upright', async (orientation, expected) => {
    const bytes = await quarters(80, 48).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    expectColors(await load('turned.jpg', bytes), expected, 4);
  });

  test('grayscale, 16-bit grayscale and CMYK become RGB', async () => {
    const gray = await quarters(40, 40).grayscale().toColorspace('b-w').jpeg({ quality: 95 }).toBuffer();
    const [r, g, b] = colorAt(await load('gray.jpg', gray), 0.75, 0.75);
    expect([g, b]).toEqual([r, r]);
    const ramp = sharp(Buffer.alloc(64, 100), { raw: { width: 8, height: 8, channels: 1 } });
    const grey16 = await ramp.toColorspace('grey16').png().toBuffer();
    expect((await sharp(grey16).metadata()).depth).toBe('ushort');
    expect(colorAt(await load('grey16.png', grey16), 0.5, 0.5)).toEqual([100, 100, 100]);
    const cmyk = await quarters(40, 40).toColorspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    // Inks cover fewer colors than screens, so the hue must hold but not the value.
    expectColors(await load('cmyk.jpg', cmyk), ALL, 60);
  });

  test('transparency is laid on white', async () => {
    const clear = { r: 0, g: 0, b: 0, alpha: 0.5 };
    const half = await sharp({ create: { width: 9, height: 9, channels: 4, background: clear } })
      .png()
      .toBuffer();
    for (const value of colorAt(await load('half.png', half), 0.5, 0.5)) {
      expect(Math.abs(value - 127)).toBeLessThanOrEqual(1);
    }
    const gif = await sharp({
      create: { width: 9, height: 9, channels: 4, background: { ...clear, alpha: 0 } },
    })
      .gif()
      .toBuffer();
    expect(colorAt(await load('clear.gif', gif), 0.5, 0.5)).toEqual([255, 255, 255]);
  });

  test('cover cuts to the center, contain repeats the edge, fill stretches', async () => {
    const thirds = Buffer.alloc(96 * 32 * 3);
    for (let i = 0; i < 96 * 32; i++) thirds.set([RED, GREEN, BLUE][Math.floor((i % 96) / 32)]!, i * 3);
    const png = await sharp(thirds, { raw: { width: 96, height: 32, channels: 3 } })
      .png()
      .toBuffer();
    const cover = await load('thirds.png', png);
    expect(colorAt(cover, 0.1, 0.5)).toEqual([...GREEN]);
    expect(colorAt(cover, 0.9, 0.5)).toEqual([...GREEN]);
    for (const fit of ['contain', 'fill'] as const) {
      const image = await load('thirds.png', png, { fit });
      expect(colorAt(image, 0.1, 0.02), fit).toEqual([...RED]);
      expect(colorAt(image, 0.5, 0.98), fit).toEqual([...GREEN]);
      expect(colorAt(image, 0.9, 0.5), fit).toEqual([...BLUE]);
    }
  });

  test('one half of an aligned image, upright first', async () => {
    const png = await quarters(64, 32).png().toBuffer();
    expectColors(await load('ab.png', png, { half: 'left' }), [RED, RED, BLUE, BLUE], 0);
    expectColors(await load('ab.png', png, { half: 'right' }), [GREEN, GREEN, YELLOW, YELLOW], 0);
    const turned = await quarters(32, 64).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    expectColors(await load('ab.jpg', turned, { half: 'left' }), [BLUE, BLUE, YELLOW, YELLOW], 4);
  });

  test('a file that changed is read again', async () => {
    const solid = (background: string) =>
      sharp({ create: { width: 8, height: 8, channels: 3, background } })
        .png()
        .toBuffer();
    const before = colorAt(await load('changing.png', await solid('#ffffff')), 0.5, 0.5);
    expect(before).toEqual([255, 255, 255]);
    expect(colorAt(await load('changing.png', await solid('#000000')), 0.5, 0.5)).toEqual([0, 0, 0]);
  });

  test('unreadable files are refused with name and reason', async () => {
    const jpeg = await quarters(300, 200).jpeg().toBuffer();
    const png = await quarters(30, 20).png().toBuffer();
    const damaged = (at: number) =>
      Buffer.concat([png.subarray(0, at), Buffer.of(255), png.subarray(at + 1)]);
    const avif = await quarters(32, 32).avif().toBuffer();
    const branded = (...brands: string[]) => {
      const [major, ...others] = brands;
      const box = Buffer.from(`____ftyp${major}____${others.join('')}`, 'latin1');
      box.writeUInt32BE(box.length, 0);
      return Buffer.concat([box, Buffer.alloc(2000)]);
    };
    const cases: [string, Buffer | string, RegExp][] = [
      [
        'truncated.jpg',
        jpeg.subarray(0, jpeg.length / 2),
        /cannot be decoded as an image: .*(end|truncated)/i,
      ],
      ['empty.jpg', '', /the file is empty/],
      ['damaged.png', damaged(12), /: cannot be decoded as an image: its header is damaged$/],
      [
        'changed.png',
        damaged(29),
        /: cannot be decoded as an image: it is damaged, and its decoder does not/,
      ],
      [
        'cut.avif',
        avif.subarray(0, 28),
        /image: its header is damaged \(heif: [^:].*File size too small.*\)$/,
      ],
      ['phone.heic', branded('heic', 'mif1', 'heic'), /: HEIC pictures cannot be read: convert them to JPEG/],
      ['phone.jpg', branded('mif1', 'heix'), /: HEIC pictures cannot be read: convert them to JPEG or PNG$/],
      ['short.jpg', branded('hevc').subarray(0, 12), /: HEIC pictures cannot be read/],
      ['text.jpg', 'not a photograph', /not an image of a supported format/],
      [
        'drawing.png',
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        /svg images are not supported/,
      ],
    ];
    for (const [name, bytes, reason] of cases) {
      const error = await load(name, bytes).catch((thrown: unknown) => thrown);
      expect(error, name).toBeInstanceOf(UserError);
      expect((error as Error).message).toMatch(reason);
      expect((error as Error).message).toContain(join(folder, name));
    }
    const missing = join(folder, 'missing.jpg');
    await expect(loadImage(missing, { size: 8, fit: 'cover' })).rejects.toThrow(
      /missing.jpg: cannot be read \(ENOENT\)/,
    );
    const narrow = await quarters(1, 9).png().toBuffer();
    await expect(load('narrow.png', narrow, { half: 'left' })).rejects.toThrow(/the image is one pixel wide/);
  });
});

test('bytes become an image and come back, and values outside the range are clipped', () => {
  const bytes = Uint8Array.from({ length: 256 * 3 }, (_, i) => i % 256);
  const image = imageFromBytes(bytes, 256, 1);
  expect([image.data[0], image.data[255]]).toEqual([-1, 1]);
  expect(imageToBytes(image)).toEqual(bytes);
  expect([...imageToBytes({ width: 1, height: 1, data: Float32Array.of(-1.5, 0, 7) })]).toEqual([
    0, 128, 255,
  ]);
});

test('written PNG files and grids hold the images', async () => {
  const solid = (size: number, value: number): Image => ({
    width: size,
    height: size,
    data: new Float32Array(size * size * 3).fill(value),
  });
  const png = join(folder, 'written.png');
  await writePng(png, solid(8, -1));
  expect(colorAt(await loadImage(png, { size: 8, fit: 'fill' }), 0.5, 0.5)).toEqual([0, 0, 0]);
  const grid = join(folder, 'grid.png');
  await writeGrid(grid, [[solid(10, -1), solid(10, 0)], [solid(6, -1)]]);
  const { data, info } = await sharp(grid).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([22, 22]);
  const at = (x: number, y: number) => data[(y * 22 + x) * 3];
  expect([at(0, 0), at(9, 9), at(10, 0), at(12, 5), at(0, 12), at(8, 20), at(15, 15)]).toEqual([
    0, 0, 255, 128, 0, 255, 255,
  ]);
});
