import { describe, expect, test } from 'vitest';
import { Random } from '../../src/data/random.ts';
import { symmetricEigen, symmetricEigenvalues } from '../../src/data/symmetric-eigen.ts';

const matrix = (rows: readonly (readonly number[])[]) => Float64Array.from(rows.flat());
const ascending = (values: Float64Array) => [...values].sort((a, b) => a - b);

/** Entries uniform in [-1, 1), symmetric. */
function randomSymmetric(n: number, seed: number): Float64Array {
  const random = new Random(seed);
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) out[i * n + j] = out[j * n + i] = 2 * random.uniform() - 1;
  }
  return out;
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  const worst = Array.from(found, (value, i) => Math.abs(value - expected[i]!)).reduce(
    (a, b) => Math.max(a, b),
    0,
  );
  expect(worst).toBeLessThanOrEqual(tolerance);
}

describe('eigenvalues', () => {
  test('of a diagonal matrix are its diagonal', () => {
    expect(
      ascending(
        symmetricEigenvalues(
          matrix([
            [3, 0, 0],
            [0, -1, 0],
            [0, 0, 0],
          ]),
          3,
        ),
      ),
    ).toEqual([-1, 0, 3]);
  });

  test.each([
    [2, 1, 5],
    [1, 1e-9, 1],
    [-4, 7, 1e6],
  ])('of [[%d, %d], [., %d]] are those of the quadratic', (a, b, c) => {
    const [half, root] = [(a + c) / 2, Math.hypot((a - c) / 2, b)];
    const found = ascending(
      symmetricEigenvalues(
        matrix([
          [a, b],
          [b, c],
        ]),
        2,
      ),
    );
    expectClose(found, [half - root, half + root], 1e-15 * Math.max(Math.abs(half) + root, 1));
  });

  test('of second differences are 2 - 2 cos(k pi / (n + 1))', () => {
    const n = 40;
    const differences = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      differences[i * n + i] = 2;
      if (i > 0) differences[i * n + i - 1] = differences[(i - 1) * n + i] = -1;
    }
    const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    expectClose(ascending(symmetricEigenvalues(differences, n)), expected, 1e-13);
  });

  test('of a matrix of ones are its size, once, and zero', () => {
    const n = 12;
    const values = ascending(symmetricEigenvalues(new Float64Array(n * n).fill(1), n));
    expectClose(values, [...new Array(n - 1).fill(0), n], 1e-13);
  });

  test('of very different sizes are exact to the largest', () => {
    // Graded, turned by one Householder reflection: the eigenvalues stay.
    const sizes = [1e-8, 1e-3, 1, 1e4, 1e8];
    const v = [1, -2, 3, 0.5, 1.5];
    const square = v.reduce((sum, x) => sum + x * x, 0);
    const reflection = (i: number, j: number) => (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / square;
    const graded = Float64Array.from({ length: 25 }, (_, index) => {
      const [i, j] = [Math.floor(index / 5), index % 5];
      return sizes.reduce((sum, size, k) => sum + size * reflection(i, k) * reflection(j, k), 0);
    });
    expectClose(ascending(symmetricEigenvalues(graded, 5)), sizes, 1e-7);
  });

  test.each([0, 1, 3])('of %d rows of zeros are zeros', (n) => {
    expect([...symmetricEigenvalues(new Float64Array(n * n), n)]).toEqual(new Array(n).fill(0));
  });

  test('sum to the trace, and their squares to those of the matrix, without vectors as with them', () => {
    const n = 60;
    const a = randomSymmetric(n, 1);
    const trace = a.reduce((sum, value, i) => sum + (i % (n + 1) === 0 ? value : 0), 0);
    const squares = a.reduce((sum, value) => sum + value * value, 0);
    for (const values of [symmetricEigenvalues(a, n), symmetricEigen(a, n).values]) {
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(trace, 10);
      expect(values.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(squares, 9);
    }
  });
});

test.each([1, 2, 7, 40])('vectors of a %d-row matrix are orthonormal and give it back', (n) => {
  const a = randomSymmetric(n, n);
  const { values, vectors } = symmetricEigen(a, n);
  const gram = new Float64Array(n * n);
  const composed = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) {
        gram[i * n + j]! += vectors[i * n + k]! * vectors[j * n + k]!;
        composed[i * n + j]! += values[k]! * vectors[k * n + i]! * vectors[k * n + j]!;
      }
    }
  }
  expectClose(
    gram,
    Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
    1e-13,
  );
  expectClose(composed, a, 1e-13 * n);
});

test('leaves its argument as it is', () => {
  const a = randomSymmetric(5, 3);
  const before = a.slice();
  symmetricEigen(a, 5);
  expect(a).toEqual(before);
});

test('refuses what is no matrix of that size, or not finite', () => {
  expect(() => symmetricEigen(new Float64Array(5), 2)).toThrow('5 values are not a 2 x 2 matrix');
  expect(() =>
    symmetricEigen(
      matrix([
        [1, Number.NaN],
        [Number.NaN, 1],
      ]),
      2,
    ),
  ).toThrow(RangeError);
  expect(() =>
    symmetricEigen(
      matrix([
        [Number.POSITIVE_INFINITY, 0],
        [0, 1],
      ]),
      2,
    ),
  ).toThrow(RangeError);
});
