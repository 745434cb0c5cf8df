/** Principal component analysis of a few long vectors (the weights of a zoo). */
import { innerProducts } from './matrices.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface PrincipalComponents {
  /** The mean of the vectors. */
  readonly mean: Float64Array;
  /** Unit vectors along the directions of largest variance; zero vectors if there is no variance left. */
  readonly axes: readonly Float64Array[];
  /** Variance along each axis: mean squared distance from the mean. */
  readonly variances: readonly number[];
  /** Share of the total variance along each axis, 0 to 1. */
  readonly explained: readonly number[];
}

/** Directions with less than this share of the total variance are rounding errors. */
const NEGLIGIBLE = 1e-12;

/**
 * The directions of largest variance of some vectors, largest first. They come from the eigenvectors of the vectors' Gram
 * matrix, whose size is the number of vectors and not their length.
 * @param vectors at least one, all of the same length
 * @param count number of directions; those beyond the span of the vectors are zero
 */
export function principalComponents(vectors: readonly Float32Array[], count: number): PrincipalComponents {
  const length = vectors[0]!.length;
  const mean = new Float64Array(length);
  for (const vector of vectors) for (let i = 0; i < length; i++) mean[i]! += vector[i]! / vectors.length;
  const centered = vectors.map((vector) => Float64Array.from(vector, (value, i) => value - mean[i]!));
  const { values, vectors: rows } = symmetricEigen(innerProducts(centered), vectors.length);
  const pairs = Array.from(values, (value, i) => ({
    value,
    vector: rows.subarray(i * vectors.length, (i + 1) * vectors.length),
  })).sort((first, second) => second.value - first.value);
  const total = pairs.reduce((sum, { value }) => sum + Math.max(0, value), 0);
  const components = Array.from({ length: count }, (_, i) => {
    const axis = new Float64Array(length);
    const pair = pairs[i];
    if (!pair || pair.value <= total * NEGLIGIBLE) return { axis, value: 0 };
    const scale = 1 / Math.sqrt(pair.value);
    for (const [row, weight] of pair.vector.entries()) {
      const vector = centered[row]!;
      for (let j = 0; j < length; j++) axis[j]! += scale * weight * vector[j]!;
    }
    return { axis, value: pair.value };
  });
  return {
    mean,
    axes: components.map(({ axis }) => axis),
    variances: components.map(({ value }) => value / vectors.length),
    explained: components.map(({ value }) => (total > 0 ? value / total : 0)),
  };
}

/** The coordinates of a vector along the axes. */
export function projectOnAxes({ mean, axes }: PrincipalComponents, vector: Float32Array): number[] {
  return axes.map((axis) => {
    let sum = 0;
    for (let i = 0; i < axis.length; i++) sum += axis[i]! * (vector[i]! - mean[i]!);
    return sum;
  });
}
