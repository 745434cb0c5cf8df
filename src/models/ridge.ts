/** Ridge regression from few features (words of a prompt) to many targets (weights), in closed form. */
import { innerProduct, innerProductPartCount, innerProductParts } from '../data/matrices.ts';
import type { Between } from '../data/unless-stopped.ts';

export interface RidgeModel {
  readonly lambda: number;
  /** [d]: the mean of the features. */
  readonly featureMean: Float32Array;
  /** [d, p]: one row of coefficients per feature. */
  readonly coefficients: Float32Array;
  /** [p]: the prediction at the mean features. */
  readonly targetMean: Float32Array;
  /**
   * Mean squared error of predicting each example from all others, divided by the error of predicting their mean. `lambda`
   * is the one for which it is smallest. Below 1, the features are informative.
   */
  readonly leaveOneOutError: number;
}

/** So many targets at a time: what is added up then stays in the processor's caches. */
const TILE = 1024;

/** Counts the parts of long work, each of which takes milliseconds, and tells of each. */
class Parts {
  #done = 0;

  constructor(
    readonly total: number,
    readonly between: Between | undefined,
  ) {}

  async next(): Promise<void> {
    this.#done++;
    await this.between?.(this.#done, this.total);
  }
}

/** Candidates for lambda, in units of the features' mean squared length. */
const LAMBDAS = [1e-4, 1e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1, 3, 10, 100];

/**
 * Fits targets = mean + (features - mean) · coefficients. The squared coefficients are penalized by lambda, the mean is not.
 * The fit works on the n x n Gram matrix, so that the number of targets hardly matters. lambda is the candidate with the
 * smallest leave-one-out error, which the hat matrix gives without refitting. Time grows with n^3, and with n (n + d) p.
 * @param features n vectors of length d
 * @param targets n vectors of length p
 * @param between called every few milliseconds
 * @throws Error if there are fewer than three examples, or lengths differ
 */
export async function fitRidge(
  features: readonly Float32Array[],
  targets: readonly Float32Array[],
  between?: Between,
): Promise<RidgeModel> {
  const count = features.length;
  if (count < 3 || targets.length !== count) {
    throw new Error(`fitRidge needs three examples or more, not ${count} with ${targets.length} targets`);
  }
  const x = centered(features);
  const y = centered(targets);
  const [d, p] = [x.mean.length, y.mean.length];
  const tiles = Math.ceil(p / TILE);
  const grams = innerProductPartCount(count, d) + innerProductPartCount(count, p);
  const parts = new Parts(grams + (1 + LAMBDAS.length * 3) * count + tiles * d, between);
  const gram = await gramOf(x.rows, parts);
  const targetGram = await gramOf(y.rows, parts);
  const scale = mean(Array.from({ length: count }, (_, i) => gram[i * count + i]!)) || 1;
  const total = await meanError(targetGram, leaveOneOutOfMean(count), parts);

  let best = { lambda: Number.NaN, error: Number.POSITIVE_INFINITY, inverse: gram };
  for (const candidate of LAMBDAS) {
    const lambda = candidate * scale;
    const inverse = await inverseOf(withDiagonal(gram, count, lambda), count, parts);
    const error = await meanError(targetGram, leaveOneOut(inverse, count, lambda), parts);
    if (error < best.error) best = { lambda, error, inverse };
  }

  // Dual weights (K + lambda I)^-1 Y, carried over to the features: coefficients = X' (K + lambda I)^-1 Y.
  const coefficients = new Float64Array(d * p);
  const weights = new Float64Array(d * count);
  for (let feature = 0; feature < d; feature++) {
    for (let example = 0; example < count; example++) {
      let weight = 0;
      for (let i = 0; i < count; i++) weight += x.rows[i]![feature]! * best.inverse[i * count + example]!;
      weights[feature * count + example] = weight;
    }
  }
  for (let from = 0; from < p; from += TILE) {
    const to = Math.min(p, from + TILE);
    for (let feature = 0; feature < d; feature++) {
      const own = coefficients.subarray(feature * p, (feature + 1) * p);
      addRows(own, y.rows, weights.subarray(feature * count, (feature + 1) * count), from, to);
      await parts.next();
    }
  }
  return {
    lambda: best.lambda,
    featureMean: Float32Array.from(x.mean),
    coefficients: Float32Array.from(coefficients),
    targetMean: Float32Array.from(y.mean),
    leaveOneOutError: total > 0 ? best.error / total : 0,
  };
}

/** Predictions where all features are zero: most features of a prompt, its words, are. */
const atZero = new WeakMap<RidgeModel, Float64Array>();

function predictionAtZero(model: RidgeModel): Float64Array {
  const known = atZero.get(model);
  if (known) return known;
  const prediction = Float64Array.from(model.targetMean);
  for (const [i, mean] of model.featureMean.entries()) addRow(prediction, model, i, -mean);
  atZero.set(model, prediction);
  return prediction;
}

/** Adds the coefficients of a feature, times its value, to a prediction. */
function addRow(
  prediction: Float64Array,
  { coefficients }: RidgeModel,
  feature: number,
  value: number,
): void {
  if (value === 0) return;
  const from = feature * prediction.length;
  for (let i = 0; i < prediction.length; i++) prediction[i]! += value * coefficients[from + i]!;
}

/** The targets that a model predicts for features [d]: [p]. Takes time for the features that are not zero. */
export function predictRidge(model: RidgeModel, features: Float32Array): Float32Array {
  const prediction = predictionAtZero(model).slice();
  for (const [i, feature] of features.entries()) addRow(prediction, model, i, feature);
  return Float32Array.from(prediction);
}

/** The prediction of one example by ridge regression on all the others. */
export interface LeftOut {
  /** [p]: the prediction of the others for its features. */
  readonly prediction: Float32Array;
  /** Its leverage with respect to the others, as in `ridgeLeverage`. */
  readonly leverage: number;
}

/**
 * Predicts examples, each from all the others, with the same penalty. The result is exact and takes one inverse: see
 * `leaveOneOut`. An example with leverage h among all has leverage h / (1 - h) with respect to the others (Sherman and
 * Morrison 1950).
 * @param features n vectors of length d
 * @param targets n vectors of length p
 * @param lambda above 0
 * @param examples indices of the examples to predict
 * @param between called every few milliseconds
 */
export async function leaveOneOutPredictions(
  features: readonly Float32Array[],
  targets: readonly Float32Array[],
  lambda: number,
  examples: readonly number[],
  between?: Between,
): Promise<LeftOut[]> {
  const count = features.length;
  const width = features[0]!.length;
  const parts = new Parts(innerProductPartCount(count, width) + (2 + examples.length) * count, between);
  const { rows: centeredTargets } = centered(targets);
  const gram = await gramOf(centered(features).rows, parts);
  const inverse = await inverseOf(withDiagonal(gram, count, lambda), count, parts);
  const residuals = leaveOneOut(inverse, count, lambda);
  const leftOut: LeftOut[] = [];
  for (const example of examples) {
    const prediction = Float64Array.from(targets[example]!);
    for (const [i, row] of centeredTargets.entries()) {
      const weight = residuals[example * count + i]!;
      for (let target = 0; target < row.length; target++) prediction[target]! -= weight * row[target]!;
      await parts.next();
    }
    const withoutItself = lambda * inverse[example * count + example]! - 1 / count;
    leftOut.push({
      prediction: Float32Array.from(prediction),
      leverage: (1 - withoutItself) / withoutItself,
    });
  }
  return leftOut;
}

/**
 * How strongly a prediction at `query` depends on few examples: z' (Z'Z + lambda I)^-1 z, where z is the query and Z the
 * examples, each with a 1 after its features whose coefficient is not penalized. The variance of the prediction is this
 * value times the variance of the noise (Hastie et al. 2009, section 3.4.1).
 * @param features n vectors of length d
 * @param lambda above 0
 * @param query [d]
 * @returns 1/n at the mean of the examples, and more further away, up to 1/n + |query - mean|^2 / lambda
 */
export async function ridgeLeverage(
  features: readonly Float32Array[],
  lambda: number,
  query: Float32Array,
): Promise<number> {
  const count = features.length;
  const x = centered(features);
  const own = Float64Array.from(query, (value, i) => value - x.mean[i]!);
  const parts = new Parts(innerProductPartCount(count, query.length) + 2 * count, undefined);
  const gram = await gramOf(x.rows, parts);
  const inverse = await inverseOf(withDiagonal(gram, count, lambda), count, parts);
  const shared = x.rows.map((row) => innerProduct(row, own));
  let explained = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) explained += shared[i]! * inverse[i * count + j]! * shared[j]!;
  }
  return 1 / count + (innerProduct(own, own) - explained) / lambda;
}

function centered(vectors: readonly Float32Array[]): { mean: Float64Array; rows: Float64Array[] } {
  const length = vectors[0]!.length;
  if (vectors.some((vector) => vector.length !== length))
    throw new Error('fitRidge: vectors must have the same length');
  const middle = new Float64Array(length);
  for (const vector of vectors) for (let i = 0; i < length; i++) middle[i]! += vector[i]! / vectors.length;
  const rows = vectors.map((vector) => {
    const row = new Float64Array(length);
    for (let i = 0; i < length; i++) row[i] = vector[i]! - middle[i]!;
    return row;
  });
  return { mean: middle, rows };
}

function withDiagonal(matrix: Float64Array, count: number, lambda: number): Float64Array {
  const sum = matrix.slice();
  for (let i = 0; i < count; i++) sum[i * count + i]! += lambda;
  return sum;
}

/**
 * Rows whose products with the centered targets are the examples' leave-one-out residuals. The residual of the fit is
 * lambda · inverse · y, and the leverage is 1/n + 1 - lambda · inverse_ii. Leaving an example out divides its residual by
 * one minus its leverage, exactly (Allen 1974).
 */
function leaveOneOut(inverse: Float64Array, count: number, lambda: number): Float64Array {
  return inverse.map((value, place) => {
    const i = Math.floor(place / count);
    return (lambda * value) / (lambda * inverse[i * count + i]! - 1 / count);
  });
}

/** The same rows for predicting the mean of the others. */
function leaveOneOutOfMean(count: number): Float64Array {
  return Float64Array.from({ length: count * count }, (_, place) =>
    place % (count + 1) === 0 ? count / (count - 1) : 0,
  );
}

/** Mean over examples of the squared length of (rows · targets), computed only from the targets' inner products. */
async function meanError(targetGram: Float64Array, rows: Float64Array, parts: Parts): Promise<number> {
  const count = Math.sqrt(targetGram.length);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      const left = rows[i * count + j]!;
      if (left === 0) continue;
      for (let k = 0; k < count; k++) sum += left * targetGram[j * count + k]! * rows[i * count + k]!;
    }
    await parts.next();
  }
  return sum / count;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Adds the values from `from` to `to` of rows, times their weights, to those of a sum. Four rows at a time. */
function addRows(
  sum: Float64Array,
  rows: readonly Float64Array[],
  weights: Float64Array,
  from: number,
  to: number,
): void {
  let row = 0;
  for (; row + 3 < rows.length; row += 4) {
    const [a, b, c, d] = [rows[row]!, rows[row + 1]!, rows[row + 2]!, rows[row + 3]!];
    const [wa, wb, wc, wd] = [weights[row]!, weights[row + 1]!, weights[row + 2]!, weights[row + 3]!];
    for (let i = from; i < to; i++) sum[i]! += wa * a[i]! + wb * b[i]! + (wc * c[i]! + wd * d[i]!);
  }
  for (; row < rows.length; row++) {
    const [a, weight] = [rows[row]!, weights[row]!];
    for (let i = from; i < to; i++) sum[i]! += weight * a[i]!;
  }
}

/** Inner products of all pairs of rows: [n, n]. */
async function gramOf(rows: readonly Float64Array[], parts: Parts): Promise<Float64Array> {
  const work = innerProductParts(rows);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await parts.next();
  }
}

/** Inverse of a symmetric positive definite matrix, computed with its Cholesky factor. Two parts for each row. */
async function inverseOf(matrix: Float64Array, count: number, parts: Parts): Promise<Float64Array> {
  const factor = await cholesky(matrix, count, parts);
  // Read by rows below, like the factor itself: walks down columns of large matrices miss the processor's caches.
  const transpose = new Float64Array(count * count);
  for (let i = 0; i < count; i++)
    for (let k = 0; k <= i; k++) transpose[k * count + i] = factor[i * count + k]!;
  const inverse = new Float64Array(count * count);
  const column = new Float64Array(count);
  for (let c = 0; c < count; c++) {
    for (let i = 0; i < count; i++) {
      let sum = i === c ? 1 : 0;
      for (let k = 0; k < i; k++) sum -= factor[i * count + k]! * column[k]!;
      column[i] = sum / factor[i * count + i]!;
    }
    for (let i = count - 1; i >= 0; i--) {
      let sum = column[i]!;
      for (let k = i + 1; k < count; k++) sum -= transpose[i * count + k]! * column[k]!;
      column[i] = sum / factor[i * count + i]!;
    }
    inverse.set(column, c * count);
    await parts.next();
  }
  return inverse;
}

async function cholesky(matrix: Float64Array, count: number, parts: Parts): Promise<Float64Array> {
  const factor = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * count + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * count + k]! * factor[j * count + k]!;
      if (i !== j) factor[i * count + j] = sum / factor[j * count + j]!;
      else if (sum > 0) factor[i * count + i] = Math.sqrt(sum);
      else throw new Error('fitRidge: the Gram matrix is not positive definite; a feature is not finite');
    }
    await parts.next();
  }
  return factor;
}
