import { expect, test } from 'vitest';
import { principalPlane, projectOnPlane } from '../../src/pipeline/principal-components.ts';

/** An orthonormal basis of four dimensions (a Hadamard matrix, halved). */
const BASIS = [
  [0.5, 0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5, -0.5],
  [0.5, 0.5, -0.5, -0.5],
] as const;
const CENTRE = [3, -1, 0, 7];

/** The point with these coordinates along the basis. */
const at = (...coordinates: number[]) =>
  Float32Array.from(CENTRE, (middle, i) =>
    coordinates.reduce((sum, value, axis) => sum + value * BASIS[axis]![i]!, middle),
  );

/** Two points on each axis: the covariance is diagonal in the basis, with the squared lengths on it. */
const points = [at(4), at(-4), at(0, 2), at(0, -2), at(0, 0, 1), at(0, 0, -1)];

const upToSign = (axis: Float64Array, expected: readonly number[]) => {
  const sign = Math.sign(axis.reduce((sum, value, i) => sum + value * expected[i]!, 0));
  return [...axis].map((value) => sign * value);
};

test('finds mean, axes and shares of a known covariance', () => {
  const { mean, axes, explained } = principalPlane(points);
  expect([...mean]).toEqual(CENTRE.map((value) => expect.closeTo(value, 6)));
  for (const [i, axis] of axes.entries()) {
    expect(upToSign(axis, BASIS[i]!)).toEqual(BASIS[i]!.map((value) => expect.closeTo(value, 6)));
  }
  expect(explained[0]).toBeCloseTo(16 / 21, 9);
  expect(explained[1]).toBeCloseTo(4 / 21, 9);
});

test('gives a new point its coordinates along the axes', () => {
  const plane = principalPlane(points);
  const [first, second] = projectOnPlane(plane, at(2.5, -1.5, 9));
  expect(Math.abs(first)).toBeCloseTo(2.5, 5);
  expect(Math.abs(second)).toBeCloseTo(1.5, 5);
});

test('has no second axis where all points lie on a line', () => {
  const { axes, explained } = principalPlane([at(0), at(1), at(5)]);
  expect(explained[0]).toBeCloseTo(1, 9);
  expect(explained[1]).toBeCloseTo(0, 9);
  expect(upToSign(axes[0], BASIS[0])).toEqual(BASIS[0].map((value) => expect.closeTo(value, 6)));
  expect(Math.hypot(...axes[1])).toBe(0);
});
