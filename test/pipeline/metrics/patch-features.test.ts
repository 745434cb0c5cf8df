import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/data/random.ts';
import { frechetDistance } from '../../../src/pipeline/metrics/frechet.ts';
import {
  PatchSums,
  patchFeatures,
  patchFrechetDistance,
} from '../../../src/pipeline/metrics/patch-features.ts';

const SIZE = 32;
const SCALES = 3;
const FEATURES = 11;
/** Places of features within a scale. */
const LUMA = 0;
const RED_GREEN = 1;
const LUMA_CONTRAST = 3;
const EDGES = [6, 7, 8, 9] as const;
const FINE = 10;

type Color = readonly [red: number, green: number, blue: number];

/** One image from the color of each pixel. */
function painted(size: number, color: (x: number, y: number) => number | Color): Float32Array {
  const out = new Float32Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const found = color(x, y);
      out.set(typeof found === 'number' ? [found, found, found] : found, 3 * (y * size + x));
    }
  }
  return out;
}

function joined(...images: Float32Array[]): Float32Array {
  const out = new Float32Array(images.length * images[0]!.length);
  images.forEach((image, i) => {
    out.set(image, i * image.length);
  });
  return out;
}

/** Feature `index` of a scale at the middle of a 32-pixel image, where no border is near. */
function middle(image: Float32Array, scale: number, index: number): number {
  const { rows, dims } = patchFeatures(image, SIZE);
  const places = SIZE / 4;
  return rows[(3 * places + 4) * dims + scale * FEATURES + index]!;
}

/** Features are scaled: what a constant luma of 1, or any other unit, comes to is read from an image that has it. */
const ratio = (image: Float32Array, unit: Float32Array, scale: number, index: number) =>
  middle(image, scale, index) / middle(unit, scale, index);

/** Overlapping discs of random colors, different for each seed: edges in all directions and plain areas. */
function discs(seed: number, size = SIZE): Float32Array {
  const random = new Random(seed);
  const shapes = Array.from({ length: 12 }, () => ({
    x: size * random.uniform(),
    y: size * random.uniform(),
    radius: (size / 4) * random.uniform(),
    color: [0, 0, 0].map(() => 1.6 * random.uniform() - 0.8) as unknown as Color,
  }));
  return painted(size, (px, py) => {
    const hit = shapes.filter(({ x, y, radius }) => Math.hypot(px - x, py - y) < radius).at(-1);
    return hit?.color ?? 0;
  });
}

const set = (count: number, first = 1, size = SIZE) =>
  joined(...Array.from({ length: count }, (_, i) => discs(first + i, size)));

function noisy(images: Float32Array, std: number): Float32Array {
  const noise = new Random(9).fillNormal(new Float32Array(images.length), std);
  return images.map((value, i) => value + noise[i]!);
}

/** Means over squares of 2 radius + 1 pixels, with borders repeated. */
function blurred(images: Float32Array, radius: number): Float32Array {
  const clamp = (v: number) => Math.min(Math.max(v, 0), SIZE - 1);
  return images.map((_, i) => {
    const [channel, x, y] = [i % 3, Math.floor(i / 3) % SIZE, Math.floor(i / 3 / SIZE) % SIZE];
    const image = i - (i % (SIZE * SIZE * 3));
    let sum = 0;
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        sum += images[image + 3 * (clamp(y + dy) * SIZE + clamp(x + dx)) + channel]!;
      }
    }
    return sum / (2 * radius + 1) ** 2;
  });
}

describe('features', () => {
  test.each([
    [16, 16],
    [32, 64],
    [48, 144],
    [64, 256],
    [128, 256],
    [200, 169],
  ])('of an image of %d pixels are %d rows of 33', (size, places) => {
    const { rows, dims } = patchFeatures(new Float32Array(2 * size * size * 3), size);
    expect({ dims, rows: rows.length / dims }).toEqual({ dims: 33, rows: 2 * places });
  });

  test('of a plain color are the color, everywhere and at every scale, and nothing else', () => {
    const { rows, dims } = patchFeatures(
      painted(SIZE, () => [0.5, -0.25, 0.125]),
      SIZE,
    );
    const first = rows.subarray(0, dims);
    for (let i = 0; i < rows.length; i += dims) expect(rows.subarray(i, i + dims)).toEqual(first);
    for (let scale = 0; scale < SCALES; scale++) {
      const found = first.subarray(scale * FEATURES, (scale + 1) * FEATURES);
      const [luma, redGreen] = [0.299 * 0.5 - 0.587 * 0.25 + 0.114 * 0.125, (0.5 + 0.25) / 2];
      expect(
        found[LUMA]! /
          middle(
            painted(SIZE, () => 1),
            scale,
            LUMA,
          ),
      ).toBeCloseTo(luma, 6);
      expect(
        found[RED_GREEN]! /
          middle(
            painted(SIZE, () => [1, -1, 0]),
            scale,
            RED_GREEN,
          ),
      ).toBeCloseTo(redGreen, 6);
      for (const index of [LUMA_CONTRAST, 4, 5, ...EDGES, FINE]) expect(found[index]).toBeCloseTo(0, 3);
    }
  });

  // One gray level a pixel to the right is 2^k a pixel at scale k, whatever direction it is measured along.
  test.each([0, 1, 2])('of a slope at scale %d are its derivatives', (scale) => {
    const slope = painted(SIZE, (x) => x / 32);
    const diagonally = painted(SIZE, (x, y) => (x + y) / (32 * Math.SQRT2));
    const unit = middle(
      painted(SIZE, (x) => x / 32),
      0,
      EDGES[0],
    );
    const step = 2 ** scale * unit;
    const edges = (image: Float32Array) => EDGES.map((index) => middle(image, scale, index));
    const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));
    expect(edges(slope)).toEqual(close([step, step / Math.SQRT2, 0, step / Math.SQRT2]));
    // Downwards to the right is the direction in which y grows, too: the fourth.
    expect(edges(diagonally)).toEqual(close([step / Math.SQRT2, 0, step / Math.SQRT2, step]));
    expect(middle(slope, scale, FINE)).toBeCloseTo(0, 5);
  });

  test('of a slope have its standard deviation over the window', () => {
    const slope = painted(SIZE, (x) => x / 32);
    // Four equally spaced values one step apart: the root of 5/4 steps; three: the root of 2/3.
    const flicker = painted(SIZE, (x) => (x % 2 === 0 ? 1 : -1));
    expect(ratio(slope, flicker, 0, LUMA_CONTRAST)).toBeCloseTo(Math.sqrt(5 / 4) / 32, 6);
    const wide = painted(SIZE, (x) => (Math.floor(x / 8) % 2 === 0 ? 1 : -1));
    expect(middle(slope, 2, LUMA_CONTRAST) / middle(slope, 0, LUMA_CONTRAST)).toBeCloseTo(
      (4 * Math.sqrt(2 / 3)) / Math.sqrt(5 / 4),
      5,
    );
    expect(middle(wide, 2, LUMA_CONTRAST)).toBeGreaterThan(middle(slope, 2, LUMA_CONTRAST));
  });

  test('tell a chessboard by its fine detail, which is gone at half the size', () => {
    const board = painted(SIZE, (x, y) => ((x + y) % 2 === 0 ? 0.5 : -0.5));
    const dot = painted(SIZE, (x, y) => (x === 17 && y === 13 ? 1 : 0));
    // Every pixel of the board differs by 1 from the mean of its neighbors, of the dot one by 1 and four by 1/4.
    expect(ratio(board, dot, 0, FINE)).toBeCloseTo(16 / 2, 5);
    expect(middle(board, 1, FINE)).toBeCloseTo(0, 6);
  });
});

/** @param parts number of images that are added at a time */
function distance(images: Float32Array, targets: Float32Array, parts = 5): number {
  const values = SIZE * SIZE * 3;
  const [made, wanted] = [images, targets].map((set) => {
    const sums = new PatchSums(SIZE);
    for (let at = 0; at < set.length; at += parts * values) sums.add(set.subarray(at, at + parts * values));
    return sums;
  }) as [PatchSums, PatchSums];
  return patchFrechetDistance(made, wanted);
}

describe('the distance', () => {
  const targets = set(6);

  test('of a set to itself is zero, in any order and mirrored copy for mirrored copy', () => {
    expect(distance(targets, targets)).toBeLessThan(1e-6);
    const values = SIZE * SIZE * 3;
    const reversed = joined(
      ...Array.from({ length: 6 }, (_, i) => targets.subarray((5 - i) * values, (6 - i) * values)),
    );
    expect(distance(reversed, targets)).toBeLessThan(1e-6);
    const mirror = (images: Float32Array) =>
      images.map((_, i) => {
        const [channel, pixel] = [i % 3, Math.floor(i / 3)];
        const x = pixel % SIZE;
        return images[3 * (pixel - x + SIZE - 1 - x) + channel]!;
      });
    expect(distance(mirror(noisy(targets, 0.1)), mirror(targets))).toBeCloseTo(
      distance(noisy(targets, 0.1), targets),
      4,
    );
  });

  test('is the same however many images come at a time', () => {
    const other = set(6, 50);
    const whole = frechetDistance(patchFeatures(other, SIZE), patchFeatures(targets, SIZE));
    for (const parts of [1, 4, 6]) expect(distance(other, targets, parts) / whole).toBeCloseTo(1, 8);
  });

  test('is the same both ways', () => {
    const other = set(6, 50);
    const [there, back] = [distance(other, targets), distance(targets, other)];
    expect(there / back).toBeCloseTo(1, 6);
    expect(there).toBeGreaterThan(0);
  });

  test('of a set to itself made brighter is the square of what that adds, at each scale', () => {
    const gray = middle(
      painted(SIZE, () => 0.1),
      0,
      LUMA,
    );
    const brighter = targets.map((value) => value + 0.1);
    expect(distance(brighter, targets)).toBeCloseTo(SCALES * gray ** 2, 4);
  });

  test.each([
    ['noise', [0.02, 0.1, 0.3].map((std) => noisy(targets, std))],
    ['blur', [1, 2, 4].map((radius) => blurred(targets, radius))],
    ['loss of contrast', [0.9, 0.6, 0.2].map((share) => targets.map((value) => share * value))],
    [
      'a tint',
      [0.05, 0.2, 0.5].map((tint) =>
        targets.map((value, i) => value + (i % 3 === 0 ? tint : i % 3 === 2 ? -tint : 0)),
      ),
    ],
  ])('grows with %s', (_what, sets) => {
    const distances = [targets, ...sets].map((images) => distance(images, targets));
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    expect(new Set(distances).size).toBe(4);
  });

  test('is less between images of one kind than to blurred ones, which are nearer in every pixel', () => {
    expect(distance(set(16, 100), set(16, 200))).toBeLessThan(
      distance(blurred(set(16, 200), 2), set(16, 200)),
    );
  });
});

test('refuses other sizes and parts of images', () => {
  expect(() => patchFeatures(new Float32Array(8 * 8 * 3), 8)).toThrow('at least 16, not 8');
  expect(() => patchFeatures(new Float32Array(18 * 18 * 3), 18)).toThrow('a multiple of 4');
  expect(() => patchFeatures(new Float32Array(100), 16)).toThrow(
    'not a whole number of images of 16 x 16 x 3',
  );
});
