import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/data/random.ts';
import type { FeatureSet } from '../../../src/pipeline/metrics/frechet.ts';
import { kernelDistance } from '../../../src/pipeline/metrics/kernel-distance.ts';
import { waves } from './waves.ts';

const random = new Random(1);

function normalSet(count: number, dims: number, seed: number, offset = 0): FeatureSet {
  const rows = new Random(seed).fillNormal(new Float32Array(count * dims));
  return { rows: rows.map((value) => value + offset), dims };
}

test('of two numbers against two is what the definition gives', () => {
  // k(x, y) = (xy + 1)^3: within {0, 1} it is 1, within {2, 3} 343, across 1, 1, 27 and 64.
  const [a, b] = [Float32Array.of(0, 1), Float32Array.of(2, 3)].map((rows) => ({ rows, dims: 1 }));
  expect(kernelDistance(a!, b!, { random })).toBe(1 + 343 - (2 * (1 + 1 + 27 + 64)) / 4);
});

test('divides by the number of features, and takes sets of different sizes', () => {
  const a = { rows: Float32Array.of(2, 0, 0, 4), dims: 2 };
  const b = { rows: Float32Array.of(1, 1, 2, 2, -1, 1), dims: 2 };
  const within = { a: 1, b: [3, 1, 1].map((x) => x ** 3).reduce((sum, k) => sum + k) / 3 };
  const across = [2, 3, 0, 3, 5, 3].map((x) => x ** 3).reduce((sum, k) => sum + k) / 6;
  expect(kernelDistance(a, b, { random })).toBeCloseTo(within.a + within.b - 2 * across, 12);
});

describe('of samples of one distribution', () => {
  const distances = Array.from({ length: 40 }, (_, i) =>
    kernelDistance(normalSet(40, 6, 2 * i), normalSet(50, 6, 2 * i + 1), { random }),
  );
  const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
  const deviation = Math.sqrt(
    distances.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (distances.length - 1),
  );

  test('is zero on average, and on both sides of it', () => {
    expect(Math.abs(mean)).toBeLessThan((3 * deviation) / Math.sqrt(distances.length));
    expect(Math.min(...distances)).toBeLessThan(0);
    expect(Math.max(...distances)).toBeGreaterThan(0);
  });

  test('is far less than that of samples of two', () => {
    const apart = kernelDistance(normalSet(40, 6, 1), normalSet(50, 6, 2, 1), { random });
    expect(apart).toBeGreaterThan(mean + 5 * deviation);
  });
});

describe('over subsets', () => {
  const [a, b] = [normalSet(30, 3, 1), normalSet(25, 3, 2, 1)];
  const whole = kernelDistance(a, b, { random });

  test('is the same for the same seed, and another for another', () => {
    const draw = (seed: number) => kernelDistance(a, b, { count: 5, size: 10, random: new Random(seed) });
    expect(draw(1)).toBe(draw(1));
    expect(draw(1)).not.toBe(draw(2));
  });

  test('comes to the whole sets’ on average', () => {
    const many = kernelDistance(a, b, { count: 3000, size: 8, random });
    expect(Math.abs(many - whole)).toBeLessThan(0.05 * whole);
  });
});

/*
 * Expected values: python3 with numpy 1.24.
 *
 * import numpy as np
 * def waves(n, d, pitch, scale=1, tilt=0):
 *     r, c = np.mgrid[0:n, 0:d]
 *     return (scale * np.sin((r + 1) * (c + 2) * pitch) + c * tilt).astype(np.float32).astype(float)
 * for n, m, d in [(200, 150, 6), (12, 9, 64)]:
 *     a, b = waves(n, d, 0.7), waves(m, d, 0.45, 1.5, 0.02)
 *     k = lambda x, y: (x @ y.T / d + 1) ** 3
 *     off = lambda g: (g.sum() - np.trace(g)) / (len(g) * (len(g) - 1))
 *     print(n, m, d, off(k(a, a)) + off(k(b, b)) - 2 * k(a, b).mean())
 */
test.each([
  [200, 150, 6, 0.17429916532585477],
  [12, 9, 64, 2.1351674910840424],
])('of %d and %d rows of %d features is what numpy gives', (rowsA, rowsB, dims, expected) => {
  const a = waves(rowsA, dims, { pitch: 0.7 });
  const b = waves(rowsB, dims, { pitch: 0.45, scale: 1.5, tilt: 0.02 });
  expect(Math.abs(kernelDistance(a, b, { random }) / expected - 1)).toBeLessThan(1e-5);
});

test('refuses sets without pairs, or with other features', () => {
  expect(() => kernelDistance(normalSet(1, 4, 1), normalSet(3, 4, 1), { random })).toThrow('two rows');
  expect(() => kernelDistance(normalSet(3, 4, 1), normalSet(3, 5, 1), { random })).toThrow(
    '4 and 5 dimensions',
  );
});
