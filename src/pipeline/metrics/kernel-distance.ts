import type { Random } from '../../data/random.ts';
import type { FeatureSet } from './frechet.ts';

/** Defaults of Bińkowski et al. 2018 and of clean-fid. */
const SUBSETS = 100;
const SUBSET_SIZE = 1000;

export interface Subsets {
  /** Number of subsets to average over, if a set is larger than one subset. */
  readonly count?: number;
  /** Rows per subset. */
  readonly size?: number;
  /** Source of randomness for drawing the subsets. */
  readonly random: Random;
}

/**
 * The kernel distance between two sets of features (KID with Inception's features; Bińkowski et al. 2018): the
 * unbiased estimate of the squared maximum mean discrepancy under the kernel (x.y / dims + 1)^3. Sets of at most
 * `size` rows are compared whole, larger ones by the mean over random subsets.
 * @returns around 0 for sets of the same distribution, and then below 0 as often as above
 * @throws RangeError if the dimensions differ or a set has fewer than two rows
 */
export function kernelDistance(
  a: FeatureSet,
  b: FeatureSet,
  { count = SUBSETS, size = SUBSET_SIZE, random }: Subsets,
): number {
  if (a.dims !== b.dims) throw new RangeError(`Features of ${a.dims} and ${b.dims} dimensions`);
  const [rowsA, rowsB] = [a, b].map(({ rows, dims }) => rows.length / dims) as [number, number];
  if (!(Math.min(rowsA, rowsB) >= 2) || size < 2) {
    throw new RangeError(`The kernel distance needs at least two rows per set, not ${rowsA} and ${rowsB}`);
  }
  if (Math.max(rowsA, rowsB) <= size) return unbiasedDiscrepancy(a, everyRow(rowsA), b, everyRow(rowsB));
  let sum = 0;
  for (let subset = 0; subset < count; subset++) {
    const draw = random.fork(`subset ${subset}`);
    const rowsOfA = draw.shuffle(rowsA).subarray(0, size);
    const rowsOfB = draw.shuffle(rowsB).subarray(0, size);
    sum += unbiasedDiscrepancy(a, rowsOfA, b, rowsOfB);
  }
  return sum / count;
}

const everyRow = (count: number) => Int32Array.from({ length: count }, (_, i) => i);

/** Gretton et al. 2012, equation 3. */
function unbiasedDiscrepancy(a: FeatureSet, rowsA: Int32Array, b: FeatureSet, rowsB: Int32Array): number {
  return meanOfPairs(a, rowsA) + meanOfPairs(b, rowsB) - 2 * meanAcross(a, rowsA, b, rowsB);
}

function meanOfPairs(set: FeatureSet, rows: Int32Array): number {
  let sum = 0;
  for (let i = 1; i < rows.length; i++) {
    for (let j = 0; j < i; j++) sum += kernel(set, rows[i]!, set, rows[j]!);
  }
  return (2 * sum) / (rows.length * (rows.length - 1));
}

function meanAcross(a: FeatureSet, rowsA: Int32Array, b: FeatureSet, rowsB: Int32Array): number {
  let sum = 0;
  for (const i of rowsA) for (const j of rowsB) sum += kernel(a, i, b, j);
  return sum / (rowsA.length * rowsB.length);
}

function kernel(a: FeatureSet, i: number, b: FeatureSet, j: number): number {
  const { dims } = a;
  let dot = 0;
  for (let k = 0; k < dims; k++) dot += a.rows[i * dims + k]! * b.rows[j * dims + k]!;
  return (dot / dims + 1) ** 3;
}
