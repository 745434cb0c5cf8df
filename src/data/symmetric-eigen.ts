/**
 * Eigendecomposition of dense symmetric matrices: reduced to tridiagonal form by Householder reflections, then to
 * diagonal form by the QL algorithm with implicit shifts (Bowdler, Martin, Reinsch and Wilkinson 1968, the procedures
 * tred2 and tql2 of EISPACK). Errors are of the order of 1e-16 of the largest eigenvalue; a thousand rows take seconds.
 */

/** Maximum number of iterations for one eigenvalue; usually, two are enough. */
const MAX_ITERATIONS = 60;

export interface SymmetricEigen {
  /** Eigenvalues, in no particular order. */
  readonly values: Float64Array;
  /** Flat [n, n]: row i is the unit eigenvector of `values[i]`. */
  readonly vectors: Float64Array;
}

/**
 * @param matrix flat [n, n], symmetric; only its upper triangle is read
 * @throws RangeError if the size is wrong or a value is not finite
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const work = checkedCopy(matrix, n);
  const { diagonal, offDiagonal, scales } = tridiagonalized(work, n);
  accumulateReflections(work, scales, n);
  diagonalize(diagonal, offDiagonal, n, work);
  return { values: diagonal, vectors: work };
}

/**
 * Computes only the eigenvalues, in no particular order, in a fraction of the time. Arguments and errors are those of
 * `symmetricEigen`.
 */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const { diagonal, offDiagonal } = tridiagonalized(checkedCopy(matrix, n), n);
  diagonalize(diagonal, offDiagonal, n);
  return diagonal;
}

function checkedCopy(matrix: Float64Array, n: number): Float64Array {
  if (matrix.length !== n * n) throw new RangeError(`${matrix.length} values are not a ${n} x ${n} matrix`);
  if (!matrix.every(Number.isFinite)) throw new RangeError('The matrix has values that are not finite');
  return matrix.slice();
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Element i is between diagonal[i] and diagonal[i + 1]; the last one is zero. */
  readonly offDiagonal: Float64Array;
  /** Half the squared length of each reflection's vector; 0 if there is none. */
  readonly scales: Float64Array;
}

/**
 * Reduces the upper triangle of `a`, last row and column first. Leaves the vector of reflection i in row i, before the
 * diagonal.
 */
function tridiagonalized(a: Float64Array, n: number): Tridiagonal {
  const offDiagonalBefore = new Float64Array(n);
  const scales = new Float64Array(n);
  const product = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    const vector = a.subarray(i * n, i * n + i);
    let size = 0;
    for (let k = 0; k < i; k++) {
      vector[k] = a[k * n + i]!;
      size += Math.abs(vector[k]!);
    }
    if (size === 0) continue;
    // Scaled, so that squares neither underflow nor overflow.
    let square = 0;
    for (let k = 0; k < i; k++) {
      vector[k]! /= size;
      square += vector[k]! ** 2;
    }
    const last = vector[i - 1]!;
    // With the sign that avoids cancellation.
    const length = last > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    offDiagonalBefore[i] = size * length;
    const scale = square - last * length;
    vector[i - 1] = last - length;
    scales[i] = scale;
    reflect(a, n, vector, scale, product);
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]!);
  const offDiagonal = new Float64Array(n);
  offDiagonal.set(offDiagonalBefore.subarray(1));
  return { diagonal, offDiagonal, scales };
}

/** A <- H A H for H = 1 - vv' / scale, in the upper triangle of the first n rows and columns, where n is the length of v. */
function reflect(a: Float64Array, n: number, v: Float64Array, scale: number, product: Float64Array): void {
  const size = v.length;
  product.fill(0, 0, size);
  for (let j = 0; j < size; j++) {
    const row = j * n;
    const factor = v[j]!;
    let sum = product[j]! + a[row + j]! * factor;
    for (let k = j + 1; k < size; k++) {
      sum += a[row + k]! * v[k]!;
      product[k]! += a[row + k]! * factor;
    }
    product[j] = sum;
  }
  let along = 0;
  for (let j = 0; j < size; j++) {
    product[j]! /= scale;
    along += product[j]! * v[j]!;
  }
  const half = along / (2 * scale);
  for (let j = 0; j < size; j++) product[j]! -= half * v[j]!;
  for (let j = 0; j < size; j++) {
    const row = j * n;
    const [f, g] = [v[j]!, product[j]!];
    for (let k = j; k < size; k++) a[row + k]! -= f * product[k]! + g * v[k]!;
  }
}

/** Turns the vectors that `tridiagonalized` left in the rows of `a` into the product of their reflections. */
function accumulateReflections(a: Float64Array, scales: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const v = a.slice(i * n, i * n + i);
    if (scales[i] !== 0) {
      for (let j = 0; j < i; j++) {
        let dot = 0;
        for (let k = 0; k < i; k++) dot += v[k]! * a[j * n + k]!;
        dot /= scales[i]!;
        for (let k = 0; k < i; k++) a[j * n + k]! -= dot * v[k]!;
      }
    }
    a.fill(0, i * n, i * n + i);
    for (let j = 0; j < i; j++) a[j * n + i] = 0;
    a[i * n + i] = 1;
  }
}

/**
 * Turns a tridiagonal matrix into the diagonal matrix of its eigenvalues, in place.
 * @param vectors rows to which every rotation is applied
 */
function diagonalize(d: Float64Array, e: Float64Array, n: number, vectors?: Float64Array): void {
  let shifted = 0;
  let largest = 0;
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!));
    const negligible = Number.EPSILON * largest;
    let m = l;
    while (Math.abs(e[m]!) > negligible) m++;
    for (let iteration = 0; m > l && Math.abs(e[l]!) > negligible; iteration++) {
      if (iteration === MAX_ITERATIONS)
        throw new Error(`QL did not converge in ${MAX_ITERATIONS} iterations`);
      shifted += shift(d, e, l, n);
      sweep(d, e, l, m, n, vectors);
    }
    d[l]! += shifted;
    e[l] = 0;
  }
}

/** Subtracts an estimate of the eigenvalue at l from the diagonal, from l on; returns it. */
function shift(d: Float64Array, e: Float64Array, l: number, n: number): number {
  const before = d[l]!;
  const half = (d[l + 1]! - before) / (2 * e[l]!);
  const root = half < 0 ? -Math.hypot(half, 1) : Math.hypot(half, 1);
  d[l] = e[l]! / (half + root);
  d[l + 1] = e[l]! * (half + root);
  const by = before - d[l]!;
  for (let i = l + 2; i < n; i++) d[i]! -= by;
  return by;
}

/** One QL transformation of the rows and columns l to m, by rotations of neighbors from m upwards. */
function sweep(
  d: Float64Array,
  e: Float64Array,
  l: number,
  m: number,
  n: number,
  vectors?: Float64Array,
): void {
  const [nextDiagonal, nextBeside] = [d[l + 1]!, e[l + 1]!];
  let p = d[m]!;
  let [cos, cosBefore, cosEarlier] = [1, 1, 1];
  let [sin, sinBefore] = [0, 0];
  for (let i = m - 1; i >= l; i--) {
    cosEarlier = cosBefore;
    cosBefore = cos;
    sinBefore = sin;
    const g = cos * e[i]!;
    const h = cos * p;
    const r = Math.hypot(p, e[i]!);
    e[i + 1] = sin * r;
    sin = e[i]! / r;
    cos = p / r;
    p = cos * d[i]! - sin * g;
    d[i + 1] = h + sin * (cos * g + sin * d[i]!);
    if (vectors) rotateRows(vectors, n, i, cos, sin);
  }
  p = (-sin * sinBefore * cosEarlier * nextBeside * e[l]!) / nextDiagonal;
  e[l] = sin * p;
  d[l] = cos * p;
}

function rotateRows(vectors: Float64Array, n: number, i: number, cos: number, sin: number): void {
  for (let k = i * n; k < i * n + n; k++) {
    const [upper, lower] = [vectors[k]!, vectors[k + n]!];
    vectors[k + n] = sin * upper + cos * lower;
    vectors[k] = cos * upper - sin * lower;
  }
}
