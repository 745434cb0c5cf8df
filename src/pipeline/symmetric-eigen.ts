/**
 * Eigen-decomposition of dense symmetric matrices by cyclic Jacobi rotations (Golub and Van Loan 2013,
 * section 8.5): as exact as the matrix allows, and quick up to a few hundred rows.
 */

/** Convergence is quadratic: ten sweeps are many. */
const MAX_SWEEPS = 60;
/** The rest off the diagonal that counts as none, relative to the matrix (Frobenius norms). */
const TOLERANCE = 1e-15;

export interface SymmetricEigen {
  /** In no order. */
  readonly values: Float64Array;
  /** Flat [n, n]: row i is the unit eigenvector of `values[i]`. */
  readonly vectors: Float64Array;
}

/**
 * @param matrix flat [n, n], symmetric; only its upper triangle is read
 * @throws RangeError where the size is wrong or a value is not finite
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  return { values: diagonalized(matrix, n, vectors), vectors };
}

/** The eigenvalues alone, in no order, in about half the time. Arguments and errors as `symmetricEigen`. */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  return diagonalized(matrix, n);
}

/** @param vectors orthogonal rows, which take part in every rotation */
function diagonalized(matrix: Float64Array, n: number, vectors?: Float64Array): Float64Array {
  if (matrix.length !== n * n) throw new RangeError(`${matrix.length} values are no ${n} x ${n} matrix`);
  const a = matrix.slice();
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    const { diagonal, off } = squares(a, n);
    if (!Number.isFinite(diagonal + off)) throw new RangeError('The matrix has values that are not finite');
    if (off <= TOLERANCE ** 2 * (diagonal + off))
      return Float64Array.from({ length: n }, (_, i) => a[i * n + i]!);
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) annihilate(a, n, p, q, vectors);
  }
  throw new Error(`Jacobi rotations did not converge in ${MAX_SWEEPS} sweeps`);
}

/** Sums of squares on and off the diagonal. */
function squares(a: Float64Array, n: number): { diagonal: number; off: number } {
  let diagonal = 0;
  let off = 0;
  for (let p = 0; p < n; p++) {
    diagonal += a[p * n + p]! ** 2;
    for (let q = p + 1; q < n; q++) off += 2 * a[p * n + q]! ** 2;
  }
  return { diagonal, off };
}

/** Turns rows and columns p < q so that a[p, q] becomes zero. */
function annihilate(a: Float64Array, n: number, p: number, q: number, vectors?: Float64Array): void {
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const cotangent = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  // The smaller of the two angles, which is what makes the method converge.
  const tan = (cotangent < 0 ? -1 : 1) / (Math.abs(cotangent) + Math.sqrt(cotangent * cotangent + 1));
  const cos = 1 / Math.sqrt(tan * tan + 1);
  const sin = tan * cos;
  const tau = sin / (1 + cos);
  const turn = (values: Float64Array, i: number, j: number) => {
    const [g, h] = [values[i]!, values[j]!];
    values[i] = g - sin * (h + g * tau);
    values[j] = h + sin * (g - h * tau);
  };
  a[p * n + p]! -= tan * apq;
  a[q * n + q]! += tan * apq;
  a[p * n + q] = 0;
  for (let k = 0; k < p; k++) turn(a, k * n + p, k * n + q);
  for (let k = p + 1; k < q; k++) turn(a, p * n + k, k * n + q);
  for (let k = q + 1; k < n; k++) turn(a, p * n + k, q * n + k);
  if (vectors) for (let k = 0; k < n; k++) turn(vectors, p * n + k, q * n + k);
}
