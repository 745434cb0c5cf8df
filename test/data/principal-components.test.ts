import { expect, test } from 'vitest';
import { principalComponents, projectOnAxes } from '../../src/data/principal-components.ts';
import { normalValues } from '../models/eager.ts';

/** An orthonormal basis of four dimensions (a Hadamard matrix, halved). */
const BASIS = [
  [0.5, 0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5, -0.5],
  [0.5, 0.5, -0.5, -0.5],
] as const;
const CENTER = [3, -1, 0, 7];

/** The point with these coordinates along the basis. */
const at = (...coordinates: number[]) =>
  Float32Array.from(CENTER, (middle, i) =>
    coordinates.reduce((sum, value, axis) => sum + value * BASIS[axis]![i]!, middle),
  );

/** Two points on each axis: the covariance is diagonal in the basis, with the squared lengths on it. */
const points = [at(4), at(-4), at(0, 2), at(0, -2), at(0, 0, 1), at(0, 0, -1)];

const upToSign = (axis: Float64Array, expected: readonly number[]) => {
  const sign = Math.sign(axis.reduce((sum, value, i) => sum + value * expected[i]!, 0));
  return [...axis].map((value) => sign * value);
};

test('finds mean, axes and shares of a known covariance', () => {
  const { mean, axes, variances, explained } = principalComponents(points, 2);
  expect([...mean]).toEqual(CENTER.map((value) => expect.closeTo(value, 6)));
  for (const [i, axis] of axes.entries()) {
    expect(upToSign(axis, BASIS[i]!)).toEqual(BASIS[i]!.map((value) => expect.closeTo(value, 6)));
  }
  expect(explained[0]).toBeCloseTo(16 / 21, 9);
  expect(explained[1]).toBeCloseTo(4 / 21, 9);
  // Two of six points at distance 4, two at distance 2.
  expect(variances).toEqual([expect.closeTo(32 / 6, 6), expect.closeTo(8 / 6, 6)]);
});

test('gives a new point its coordinates along the axes', () => {
  const plane = principalComponents(points, 2);
  const [first, second] = projectOnAxes(plane, at(2.5, -1.5, 9));
  expect(Math.abs(first!)).toBeCloseTo(2.5, 5);
  expect(Math.abs(second!)).toBeCloseTo(1.5, 5);
});

test('has no second axis where all points lie on a line', () => {
  const { axes, explained } = principalComponents([at(0), at(1), at(5)], 2);
  expect(explained[0]).toBeCloseTo(1, 9);
  expect(explained[1]).toBeCloseTo(0, 9);
  expect(upToSign(axes[0]!, BASIS[0])).toEqual(BASIS[0].map((value) => expect.closeTo(value, 6)));
  expect(Math.hypot(...axes[1]!)).toBe(0);
});

test('are eigenvectors of the covariance, at right angles, and hold all its variance', () => {
  const [count, length] = [30, 12];
  const stretched = Float32Array.from({ length }, (_, i) => 1 / (1 + i));
  const vectors = Array.from({ length: count }, (_, n) =>
    normalValues(length, n).map((value, i) => value * stretched[i]! + i),
  );
  const { mean, axes, variances, explained } = principalComponents(vectors, length);
  const covariance = axes.map((_, i) =>
    axes.map(
      (__, j) =>
        vectors.reduce((sum, row) => sum + (row[i]! - mean[i]!) * (row[j]! - mean[j]!), 0) / vectors.length,
    ),
  );
  for (const [k, axis] of axes.entries()) {
    const image = covariance.map((row) => row.reduce((sum, value, j) => sum + value * axis[j]!, 0));
    expect(image).toEqual([...axis].map((value) => expect.closeTo(variances[k]! * value, 9)));
    for (const [other, along] of axes.entries()) {
      const product = axis.reduce((sum, value, j) => sum + value * along[j]!, 0);
      expect(product).toBeCloseTo(other === k ? 1 : 0, 9);
    }
    if (k > 0) expect(variances[k]).toBeLessThanOrEqual(variances[k - 1]!);
  }
  const trace = covariance.reduce((sum, row, i) => sum + row[i]!, 0);
  expect(variances.reduce((sum, value) => sum + value, 0)).toBeCloseTo(trace, 9);
  expect(explained.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
});

test('span no more directions than there are vectors less one', () => {
  const vectors = [1, 2, 3, 4].map((seed) => normalValues(50, seed));
  const { axes, variances } = principalComponents(vectors, 6);
  expect(axes.map((axis) => Math.hypot(...axis))).toEqual(
    [1, 1, 1, 0, 0, 0].map((norm) => expect.closeTo(norm, 9)),
  );
  expect(variances.slice(3)).toEqual([0, 0, 0]);
});
