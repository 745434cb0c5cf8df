import { matrixProduct, rowProducts } from '../../data/matrices.ts';
import { symmetricEigen, symmetricEigenvalues } from '../../data/symmetric-eigen.ts';

/** Feature vectors of a set of images or patches. */
export interface FeatureSet {
  /** Flat [n, dims]. */
  readonly rows: Float32Array;
  readonly dims: number;
}

/** Mean and covariance of a set of vectors. */
export interface Gaussian {
  readonly mean: Float64Array;
  /** Flat [dims, dims], normalized by n - 1. */
  readonly covariance: Float64Array;
}

/**
 * The squared Fréchet distance between the Gaussians fitted to two sets of features (Dowson and Landau 1982; with
 * Inception's features it is the FID of Heusel et al. 2017):
 * |m1 - m2|^2 + tr(C1) + tr(C2) - 2 tr((C1 C2)^(1/2)). It is biased upward if there are fewer rows than dimensions.
 * @returns 0 or more; NaN if a feature is not finite
 * @throws RangeError if the dimensions differ or a set has fewer than two rows
 */
export function frechetDistance(a: FeatureSet, b: FeatureSet): number {
  if (a.dims !== b.dims) throw new RangeError(`Features of ${a.dims} and ${b.dims} dimensions`);
  const rows = Math.min(rowCount(a), rowCount(b));
  return rows < a.dims ? distanceOfFewRows(a, b) : gaussianFrechetDistance(gaussianOf(a), gaussianOf(b));
}

/** `frechetDistance` between given Gaussians. */
export function gaussianFrechetDistance(a: Gaussian, b: Gaussian): number {
  const dims = a.mean.length;
  const traces = trace(a.covariance, dims) + trace(b.covariance, dims);
  if (!Number.isFinite(traces)) return Number.NaN;
  // C1 C2 is not symmetric, but has the eigenvalues of R C2 R with R the root of C1, which is.
  const root = squareRoot(a.covariance, dims);
  const product = matrixProduct(matrixProduct(root, b.covariance, dims), root, dims);
  return total(squaredDistance(a.mean, b.mean), traces, symmetricEigenvalues(product, dims));
}

/**
 * The same distance from the rows: with C1 = A'A and C2 = B'B (rows centered and scaled), C1 C2 has the nonzero
 * eigenvalues of MM' for M = AB', whose size is the number of rows. Covariances of 2048 dimensions are never formed.
 */
function distanceOfFewRows(a: FeatureSet, b: FeatureSet): number {
  const [few, many] = rowCount(a) <= rowCount(b) ? [centered(a), centered(b)] : [centered(b), centered(a)];
  const traces = sumOfSquares(few.rows) + sumOfSquares(many.rows);
  if (!Number.isFinite(traces)) return Number.NaN;
  const cross = rowProducts(few.rows, few.count, many.rows, many.count, a.dims);
  const gram = rowProducts(cross, few.count, cross, few.count, many.count);
  return total(squaredDistance(few.mean, many.mean), traces, symmetricEigenvalues(gram, few.count));
}

function total(means: number, traces: number, eigenvalues: Float64Array): number {
  // Zero eigenvalues come out as tiny numbers of either sign, as does the distance between equal sets.
  const traceOfRoot = eigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  return Math.max(0, means + traces - 2 * traceOfRoot);
}

function rowCount({ rows, dims }: FeatureSet): number {
  const count = rows.length / dims;
  if (!Number.isInteger(count) || count < 2) throw tooFewRows(dims, count);
  return count;
}

function tooFewRows(dims: number, count: number): RangeError {
  return new RangeError(`A covariance needs at least two rows of ${dims} features, not ${count}`);
}

/** Mean and covariance of feature vectors. @throws RangeError if there are fewer than two */
export function gaussianOf({ rows, dims }: FeatureSet): Gaussian {
  const sums = new GaussianSums(dims);
  sums.add(rows);
  return sums.gaussian();
}

/**
 * Mean and covariance of vectors that come some at a time. Sums of squares around the mean are merged pairwise (Chan, Golub
 * and LeVeque 1983): sums of plain squares would lose the digits of a small spread around a large mean.
 */
export class GaussianSums {
  #count = 0;
  readonly #mean: Float64Array;
  /** Upper triangle of the sums of products of differences from the mean, flat [dims, dims]. */
  readonly #products: Float64Array;

  constructor(readonly dims: number) {
    this.#mean = new Float64Array(dims);
    this.#products = new Float64Array(dims * dims);
  }

  /** @param rows flat [n, dims] */
  add(rows: Float32Array): void {
    const { dims } = this;
    const added = rows.length / dims;
    if (added === 0) return;
    const mean = meanOf(rows, dims);
    const difference = new Float64Array(dims);
    for (let row = 0; row < rows.length; row += dims) {
      for (let j = 0; j < dims; j++) difference[j] = rows[row + j]! - mean[j]!;
      this.#addProducts(difference, 1);
    }
    const count = this.#count + added;
    for (let j = 0; j < dims; j++) difference[j] = mean[j]! - this.#mean[j]!;
    this.#addProducts(difference, (this.#count * added) / count);
    for (let j = 0; j < dims; j++) this.#mean[j]! += (difference[j]! * added) / count;
    this.#count = count;
  }

  /** @throws RangeError if fewer than two vectors were added */
  gaussian(): Gaussian {
    const { dims } = this;
    if (!(this.#count >= 2)) throw tooFewRows(dims, this.#count);
    const covariance = this.#products.map((sum) => sum / (this.#count - 1));
    for (let i = 0; i < dims; i++) {
      for (let j = 0; j < i; j++) covariance[i * dims + j] = covariance[j * dims + i]!;
    }
    return { mean: this.#mean.slice(), covariance };
  }

  #addProducts(difference: Float64Array, factor: number): void {
    const { dims } = this;
    for (let i = 0; i < dims; i++) {
      const value = factor * difference[i]!;
      for (let j = i; j < dims; j++) this.#products[i * dims + j]! += value * difference[j]!;
    }
  }
}

function meanOf(rows: Float32Array, dims: number): Float64Array {
  const mean = new Float64Array(dims);
  for (let i = 0; i < rows.length; i += dims) for (let j = 0; j < dims; j++) mean[j]! += rows[i + j]!;
  return mean.map((sum) => sum / (rows.length / dims));
}

/** Rows minus their mean, scaled so that the products of their columns are covariances. */
function centered(set: FeatureSet): { rows: Float64Array; mean: Float64Array; count: number } {
  const { rows, dims } = set;
  const count = rowCount(set);
  const mean = meanOf(rows, dims);
  const scale = 1 / Math.sqrt(count - 1);
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i += dims) {
    for (let j = 0; j < dims; j++) out[i + j] = (rows[i + j]! - mean[j]!) * scale;
  }
  return { rows: out, mean, count };
}

/** Symmetric square root of a positive semidefinite matrix. */
function squareRoot(matrix: Float64Array, n: number): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, n);
  const out = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const root = Math.sqrt(Math.max(0, values[k]!));
    for (let i = 0; i < n; i++) {
      const scaled = root * vectors[k * n + i]!;
      for (let j = 0; j < n; j++) out[i * n + j]! += scaled * vectors[k * n + j]!;
    }
  }
  return out;
}

function trace(matrix: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += matrix[i * n + i]!;
  return sum;
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
