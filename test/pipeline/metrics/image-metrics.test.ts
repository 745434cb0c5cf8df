import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/data/random.ts';
import { imageQuality, l1, meanQuality, psnr, ssim } from '../../../src/pipeline/metrics/image-metrics.ts';

const gray = (width: number, height: number, value: number) =>
  new Float32Array(width * height * 3).fill(value);

/** Smooth color waves within [-1, 1], different in each direction and channel. */
function waves(width: number, height: number, phase: number): Float32Array {
  return Float32Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y, channel] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    return Math.tanh(Math.sin(x / 3 + phase) + Math.cos(y / 5 + channel));
  });
}

function noisy(image: Float32Array, std: number): Float32Array {
  const noise = new Random(7).fillNormal(new Float32Array(image.length), std);
  return image.map((value, i) => Math.max(-1, Math.min(1, value + noise[i]!)));
}

describe('a constant offset', () => {
  test.each([0.01, 0.25, 2])('of %f is its own mean absolute error', (offset) => {
    expect(l1(gray(4, 3, -1), gray(4, 3, offset - 1))).toBeCloseTo(offset, 6);
  });

  test('of one of 255 gray levels is 48.13 dB', () => {
    expect(psnr(gray(4, 3, -1), gray(4, 3, 2 / 255 - 1))).toBeCloseTo(20 * Math.log10(255), 3);
  });

  test('from black to white is 0 dB', () => {
    expect(psnr(gray(4, 3, -1), gray(4, 3, 1))).toBe(0);
  });
});

test('equal images are as good as can be', () => {
  const image = waves(16, 12, 0);
  expect(imageQuality(image, image.slice(), 16, 12)).toEqual({
    psnr: Number.POSITIVE_INFINITY,
    ssim: expect.closeTo(1, 12),
    l1: 0,
  });
});

describe('structural similarity', () => {
  // Without variance only the luminance term of Wang et al. is left, here in their own units, 0 to 255.
  test.each([
    [0, 255],
    [100, 120],
    [127, 128],
  ])('of plain gray %d and %d is the luminance term', (a, b) => {
    const c1 = (0.01 * 255) ** 2;
    const expected = (2 * a * b + c1) / (a * a + b * b + c1);
    const image = (level: number) => gray(13, 11, level / 127.5 - 1);
    expect(ssim(image(a), image(b), 13, 11)).toBeCloseTo(expected, 5);
  });

  test.each([
    ['noise', 21, 14, noisy(waves(21, 14, 0), 0.2)],
    ['a shift', 21, 14, waves(21, 14, 0.7)],
    ['inversion', 21, 14, waves(21, 14, 0).map((value) => -value)],
  ])('under %s is what the definition gives', (_what, width, height, other) => {
    const image = waves(width, height, 0);
    expect(ssim(image, other, width, height)).toBeCloseTo(ssimByDefinition(image, other, width, height), 9);
  });

  test('has one window in an image of its size', () => {
    const [a, b] = [waves(11, 11, 0), waves(11, 11, 2)];
    expect(ssim(a, b, 11, 11)).toBeCloseTo(ssimByDefinition(a, b, 11, 11), 9);
  });

  test('falls as noise grows', () => {
    const image = waves(24, 24, 0);
    const values = [0.02, 0.1, 0.5].map((std) => ssim(image, noisy(image, std), 24, 24));
    expect(values).toEqual([...values].sort((a, b) => b - a));
  });
});

test('the mean over images is taken of each metric', () => {
  expect(
    meanQuality([
      { psnr: 20, ssim: 0.5, l1: 0.1 },
      { psnr: 30, ssim: 1, l1: 0.3 },
    ]),
  ).toEqual({ psnr: 25, ssim: 0.75, l1: 0.2 });
});

/** Wang et al. 2004, equations 13 to 17, window by window on gray levels from 0 to 255, with weighted sums of squared deviations. */
function ssimByDefinition(a: Float32Array, b: Float32Array, width: number, height: number): number {
  const level = (image: Float32Array, x: number, y: number) => {
    const [red, green, blue] = image.subarray(3 * (y * width + x));
    return (0.299 * red! + 0.587 * green! + 0.114 * blue! + 1) * 127.5;
  };
  const window: { dx: number; dy: number; weight: number }[] = [];
  for (let dy = -5; dy <= 5; dy++) {
    for (let dx = -5; dx <= 5; dx++) window.push({ dx, dy, weight: Math.exp(-(dx * dx + dy * dy) / 4.5) });
  }
  const whole = window.reduce((sum, { weight }) => sum + weight, 0);
  const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
  let sum = 0;
  let windows = 0;
  for (let y = 5; y < height - 5; y++) {
    for (let x = 5; x < width - 5; x++) {
      const over = (of: (p: number, q: number) => number) =>
        window.reduce(
          (total, { dx, dy, weight }) =>
            total + (weight / whole) * of(level(a, x + dx, y + dy), level(b, x + dx, y + dy)),
          0,
        );
      const [meanA, meanB] = [over((p) => p), over((_, q) => q)];
      const varianceA = over((p) => (p - meanA) ** 2);
      const varianceB = over((_, q) => (q - meanB) ** 2);
      const covariance = over((p, q) => (p - meanA) * (q - meanB));
      sum +=
        ((2 * meanA * meanB + c1) * (2 * covariance + c2)) /
        ((meanA ** 2 + meanB ** 2 + c1) * (varianceA + varianceB + c2));
      windows++;
    }
  }
  return sum / windows;
}
