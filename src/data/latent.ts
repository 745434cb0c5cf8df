/** Conversion between weight vectors of a zoo and a few whitened principal components. */
import { principalComponents } from './principal-components.ts';

/** Principal axes of a zoo. Float32 as in files, so that a basis read from a file gives the same bits. */
export interface LatentBasis {
  /** [P]: the vector at latent 0. */
  readonly mean: Float32Array;
  /** [K, P]: orthonormal rows, the direction of largest variance first. */
  readonly axes: Float32Array;
  /** [K]: standard deviation of the zoo along each axis. */
  readonly deviations: Float32Array;
}

/**
 * The K directions in which vectors differ most.
 * @param vectors at least one, all of length P
 * @returns the basis, and the share of the vectors' variance that it explains, 0 to 1; if the vectors differ in fewer than
 *   K directions, only the number of these directions
 */
export function fitLatent(
  vectors: readonly Float32Array[],
  components: number,
): { basis: LatentBasis; explained: number } | { directions: number } {
  const { mean, axes, variances, explained } = principalComponents(vectors, components);
  const directions = variances.filter((variance) => variance > 0).length;
  if (directions < components) return { directions };
  const length = mean.length;
  const rows = new Float32Array(components * length);
  for (const [i, axis] of axes.entries()) rows.set(axis, i * length);
  return {
    basis: {
      mean: Float32Array.from(mean),
      axes: rows,
      deviations: Float32Array.from(variances, Math.sqrt),
    },
    explained: explained.reduce((sum, share) => sum + share, 0),
  };
}

/** [K]: the vector's principal components, each of mean 0 and variance 1 over the zoo. */
export function toLatent({ mean, axes, deviations }: LatentBasis, vector: Float32Array): Float32Array {
  const length = mean.length;
  return deviations.map((deviation, k) => {
    const row = axes.subarray(k * length, (k + 1) * length);
    let along = 0;
    for (let i = 0; i < length; i++) along += row[i]! * (vector[i]! - mean[i]!);
    return along / deviation;
  });
}

/** [P]: the vector with the given components. The inverse of `toLatent` within the span of the axes. */
export function fromLatent({ mean, axes, deviations }: LatentBasis, latent: Float32Array): Float32Array {
  const length = mean.length;
  const vector = Float64Array.from(mean);
  for (const [k, value] of latent.entries()) {
    const along = value * deviations[k]!;
    const row = axes.subarray(k * length, (k + 1) * length);
    for (let i = 0; i < length; i++) vector[i]! += along * row[i]!;
  }
  return Float32Array.from(vector);
}
