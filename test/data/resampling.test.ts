import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { imageFromBytes, imageToBytes } from '../../src/data/image-values.ts';
import { reducedRows, resampled } from '../../src/data/resampling.ts';

/** Levels from 0 to 255, with edges and slopes: `(37 x + 91 y + 53 channel + 11 x y) % 256`. */
function pattern(width: number, height: number) {
  const bytes = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y, channel] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    return (37 * x + 91 * y + 53 * channel + 11 * x * y) % 256;
  });
  return imageFromBytes(bytes, width, height);
}

test.each([
  [150, 75, 64, 32],
  [400, 300, 43, 32],
  [1003, 750, 43, 32],
  [64, 64, 63, 63],
])(
  'an image of %d x %d is reduced to %d x %d as libvips does it',
  async (width, height, toWidth, toHeight) => {
    const image = pattern(width, height);
    const rowAt = reducedRows(
      { width, height, row: (row) => image.data.subarray(row * width * 3, (row + 1) * width * 3) },
      toWidth,
      toHeight,
    );
    const expected = await sharp(imageToBytes(image), { raw: { width, height, channels: 3 } })
      .resize(toWidth, toHeight, { fit: 'fill' })
      .raw()
      .toBuffer();
    let sum = 0;
    for (let row = 0; row < toHeight; row++) {
      const made = imageToBytes({ width: toWidth, height: 1, data: rowAt(row) });
      made.forEach((value, i) => {
        sum += Math.abs(value - expected[row * toWidth * 3 + i]!);
      });
    }
    // libvips rounds the place of a filter to 1/64 of a pixel, which shows at the edges of the pattern.
    expect(sum / (toWidth * toHeight * 3)).toBeLessThan(1);
  },
);

test('an image of the right size is only rounded to levels', () => {
  const data = Float32Array.of(-1, -1.2, 1, 1.2, 0, 0.001, 0.5, -0.5, 0.25, 0, 0, 0);
  expect([...resampled({ width: 2, height: 2, data }, 2, 2, 'bicubic')]).toEqual([
    0, 0, 255, 255, 128, 128, 191, 64, 159, 128, 128, 128,
  ]);
});

describe.each(['bicubic', 'bilinear'] as const)('%s resizing', (how) => {
  test.each([
    [7, 13],
    [31, 20],
  ])('of a plain image to %d x %d leaves it plain', (width, height) => {
    const bytes = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => [10, 200, 255][i % 3]!);
    const values = resampled(imageFromBytes(bytes, 16, 16), width, height, how);
    expect(values.length).toBe(width * height * 3);
    values.forEach((value, i) => {
      expect(value).toBeCloseTo([10, 200, 255][i % 3]!, 3);
    });
  });

  test('of a slope keeps it, with levels between those of 8 bits', () => {
    const bytes = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => 40 + 3 * (Math.floor(i / 3) % 32));
    const size = 64;
    const values = resampled(imageFromBytes(bytes, 32, 32), size, size, how);
    // Where no border is near: pixel centers of both grids lie on one line.
    for (let x = 8; x < size - 8; x++) {
      expect(values[3 * (32 * size + x)]).toBeCloseTo(40 + 3 * ((x + 0.5) / 2 - 0.5), 3);
    }
  });

  test('to a smaller size takes the mean of what falls together', () => {
    // Lines one pixel wide are gone without antialiasing: some pixels black, some white.
    const bytes = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (Math.floor(i / 3) % 2 === 0 ? 0 : 254));
    const values = resampled(imageFromBytes(bytes, 64, 64), 16, 16, how);
    for (let x = 3; x < 13; x++) expect(Math.abs(values[3 * (8 * 16 + x)]! - 127)).toBeLessThan(2);
  });
});

/*
 * Expected values: the middle row of the red plane, by PyTorch 1.13's antialiased `interpolate`, which resizes as
 * Pillow does.
 *
 * import torch
 * from torch.nn.functional import interpolate
 * def pattern(w, h):
 *     y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
 *     return ((37 * x + 91 * y + 11 * x * y) % 256).float()[None, None]
 * for mode in ("bicubic", "bilinear"):
 *     for w, h, (nw, nh) in ((8, 8, (12, 12)), (24, 24, (9, 9))):
 *         print(mode, w, nw, [round(v, 2) for v in interpolate(pattern(w, h), size=(nh, nw), mode=mode, antialias=True)[0, 0, nh // 2].tolist()])
 */
test.each([
  [
    'bicubic',
    8,
    12,
    [83.69, 143.38, 169.37, 41.49, 51.94, 118.84, 168.33, 83.56, 4.01, 69.46, 141.23, 186.81],
  ],
  ['bicubic', 24, 9, [130.48, 139.33, 136.88, 134.72, 125.77, 126.25, 124.26, 124.77, 117.19]],
  [
    'bilinear',
    8,
    12,
    [92.83, 132.42, 149.64, 60.19, 77.42, 123.08, 147.42, 86.42, 32.53, 85.31, 138.08, 177.67],
  ],
  ['bilinear', 24, 9, [132.47, 138.62, 134.28, 134.34, 125.12, 124.72, 124.78, 124.53, 118.7]],
] as const)('%s resizing from %d to %d pixels is what PyTorch does', (how, size, newSize, expected) => {
  const values = resampled(pattern(size, size), newSize, newSize, how);
  const row = Math.floor(newSize / 2) * newSize;
  const red = expected.map((_, x) => Number(values[3 * (row + x)]!.toFixed(2)));
  expect(red).toEqual(expected.map((value) => expect.closeTo(value, 1)));
});
