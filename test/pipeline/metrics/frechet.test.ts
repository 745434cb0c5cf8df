import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/data/random.ts';
import {
  type FeatureSet,
  frechetDistance,
  type Gaussian,
  gaussianFrechetDistance,
  gaussianOf,
} from '../../../src/pipeline/metrics/frechet.ts';
import { waves } from './waves.ts';

const gaussian = (mean: readonly number[], covariance: readonly (readonly number[])[]): Gaussian => ({
  mean: Float64Array.from(mean),
  covariance: Float64Array.from(covariance.flat()),
});

const diagonal = (mean: readonly number[], variances: readonly number[]) =>
  gaussian(
    mean,
    variances.map((variance, i) => variances.map((_, j) => (i === j ? variance : 0))),
  );

/** The Gaussian after a turn by an angle in the plane of the axes i and j. */
function turned({ mean, covariance }: Gaussian, i: number, j: number, angle: number): Gaussian {
  const n = mean.length;
  const turn = new Float64Array(n * n);
  for (let k = 0; k < n; k++) turn[k * n + k] = 1;
  turn[i * n + i] = turn[j * n + j] = Math.cos(angle);
  turn[i * n + j] = -Math.sin(angle);
  turn[j * n + i] = Math.sin(angle);
  const at = (k: number, l: number) => {
    let sum = 0;
    for (let p = 0; p < n; p++) {
      for (let q = 0; q < n; q++) sum += turn[k * n + p]! * covariance[p * n + q]! * turn[l * n + q]!;
    }
    return sum;
  };
  return {
    mean: mean.map((_, k) => mean.reduce((sum, value, l) => sum + turn[k * n + l]! * value, 0)),
    covariance: covariance.map((_, index) => at(Math.floor(index / n), index % n)),
  };
}

function normalSet(count: number, dims: number, seed: number): FeatureSet {
  return { rows: new Random(seed).fillNormal(new Float32Array(count * dims)), dims };
}

describe('the Fréchet distance of Gaussians', () => {
  const a = diagonal([1, 0, -2, 0.5], [4, 1, 0.25, 0]);
  const b = diagonal([0, 0, 1, 0.5], [1, 9, 0, 0.04]);
  // Along each axis: the squared difference of the means and of the standard deviations.
  const expected = 1 + 9 + (2 - 1) ** 2 + (1 - 3) ** 2 + 0.5 ** 2 + 0.2 ** 2;

  test('with variances along the axes is the sum over axes', () => {
    expect(gaussianFrechetDistance(a, b)).toBeCloseTo(expected, 12);
    expect(gaussianFrechetDistance(b, a)).toBeCloseTo(expected, 12);
  });

  test('does not change when both are turned', () => {
    const turns = (set: Gaussian) => turned(turned(turned(set, 0, 1, 0.4), 1, 3, -1.1), 2, 0, 2.2);
    expect(gaussianFrechetDistance(turns(a), turns(b))).toBeCloseTo(expected, 7);
  });

  // tr (C1 C2)^(1/2) of 2 x 2 matrices is (tr C1 C2 + 2 (det C1 C2)^(1/2))^(1/2).
  test.each([0.3, 1, Math.PI / 2])('of ellipses at an angle of %f is the closed form', (angle) => {
    const first = diagonal([0, 0], [9, 1]);
    const second = turned(first, 0, 1, angle);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const traceOfProduct = 9 * (9 * cos ** 2 + sin ** 2) + (9 * sin ** 2 + cos ** 2);
    const closed = 20 - 2 * Math.sqrt(traceOfProduct + 2 * 9);
    expect(gaussianFrechetDistance(first, second)).toBeCloseTo(closed, 12);
  });
});

test('mean and covariance are those of the sample, with n - 1', () => {
  const { mean, covariance } = gaussianOf({ rows: Float32Array.of(1, 2, 3, 6, 5, 1), dims: 2 });
  expect([...mean]).toEqual([3, 3]);
  expect([...covariance]).toEqual([4, -1, -1, 7].map((value) => expect.closeTo(value, 12)));
});

describe.each([
  ['many rows', 60, 8],
  ['fewer rows than features', 9, 30],
])('the Fréchet distance of %s', (_what, count, dims) => {
  const a = normalSet(count, dims, 1);

  test('of a set to itself, and to its rows in another order, is zero', () => {
    const order = new Random(2).shuffle(count);
    const rows = a.rows.map((_, i) => a.rows[order[Math.floor(i / dims)]! * dims + (i % dims)]!);
    expect(frechetDistance(a, a)).toBeLessThan(1e-5);
    expect(frechetDistance(a, { rows, dims })).toBeLessThan(1e-5);
  });

  test('of a set to itself moved is the square of the way', () => {
    const moved = a.rows.map((value, i) => value + (i % dims === 1 ? 3 : 0));
    expect(frechetDistance(a, { rows: moved, dims })).toBeCloseTo(9, 4);
  });

  test('of a set to itself stretched about its mean is (1 - stretch)^2 times its variance', () => {
    const { mean, covariance } = gaussianOf(a);
    const stretched = a.rows.map((value, i) => mean[i % dims]! + 2.5 * (value - mean[i % dims]!));
    const variance = covariance.reduce((sum, value, i) => sum + (i % (dims + 1) === 0 ? value : 0), 0);
    expect(frechetDistance(a, { rows: stretched, dims })).toBeCloseTo(1.5 ** 2 * variance, 3);
  });
});

test('both ways to it agree', () => {
  const [a, b] = [normalSet(12, 20, 3), normalSet(15, 20, 4)];
  expect(frechetDistance(a, b)).toBeCloseTo(gaussianFrechetDistance(gaussianOf(a), gaussianOf(b)), 5);
});

/*
 * Expected values: python3 with numpy 1.24.
 *
 * import numpy as np
 * def waves(n, d, pitch, scale=1, tilt=0):
 *     r, c = np.mgrid[0:n, 0:d]
 *     return (scale * np.sin((r + 1) * (c + 2) * pitch) + c * tilt).astype(np.float32).astype(float)
 * for n, m, d in [(200, 150, 6), (40, 50, 24), (12, 9, 64)]:
 *     a, b = waves(n, d, 0.7), waves(m, d, 0.45, 1.5, 0.02)
 *     ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
 *     root = np.sqrt(np.linalg.eigvals(ca @ cb).astype(complex)).real.sum()
 *     print(n, m, d, np.sum((a.mean(0) - b.mean(0)) ** 2) + np.trace(ca + cb) - 2 * root)
 */
test.each([
  [200, 150, 6, 0.7137219249624689],
  [40, 50, 24, 21.565740261946374],
  [12, 9, 64, 126.95733748399431],
])('of %d and %d rows of %d features is what numpy gives', (rowsA, rowsB, dims, expected) => {
  const a = waves(rowsA, dims, { pitch: 0.7 });
  const b = waves(rowsB, dims, { pitch: 0.45, scale: 1.5, tilt: 0.02 });
  expect(Math.abs(frechetDistance(a, b) / expected - 1)).toBeLessThan(1e-5);
});

test('is NaN, not an error, where a training came to nothing', () => {
  const broken = { rows: Float32Array.of(1, Number.NaN, 3, 4, 5, 6), dims: 2 };
  const wide = { rows: Float32Array.of(1, Number.POSITIVE_INFINITY, 3, 4, 5, 6), dims: 3 };
  expect(frechetDistance(broken, normalSet(3, 2, 1))).toBeNaN();
  expect(frechetDistance(wide, normalSet(3, 3, 1))).toBeNaN();
});

test('refuses sets that have no covariance, or other features', () => {
  expect(() => frechetDistance(normalSet(1, 4, 1), normalSet(3, 4, 1))).toThrow('two rows');
  expect(() => frechetDistance(normalSet(3, 4, 1), normalSet(3, 5, 1))).toThrow('4 and 5 dimensions');
});
