/** Standardization of a zoo's weights to mean 0 and standard deviation 1, and its inverse. */
import type { WeightSegment } from './blocks.ts';

/** What is standardized: each weight over the zoo, each tensor over the zoo, or nothing. */
export type Standardization = 'parameter' | 'tensor' | 'none';

/** One mean and one standard deviation for each weight of the flat vector. A deviation of 0 marks a constant. */
export interface Standardizer {
  readonly mean: Float32Array;
  readonly std: Float32Array;
}

/** Values that deviate from their mean by less than this share of it differ only by rounding. */
const CONSTANT = 1e-7;

/**
 * Fits a standardizer to a zoo's weight vectors.
 * @throws Error if there is no vector, or their lengths differ
 */
export function fitStandardizer(
  kind: Standardization,
  vectors: readonly Float32Array[],
  segments: readonly WeightSegment[],
): Standardizer {
  const size = vectors[0]?.length;
  if (size === undefined) throw new Error('A standardizer needs at least one weight vector');
  if (vectors.some((vector) => vector.length !== size))
    throw new Error('Weight vectors of a zoo must have the same length');
  const mean = new Float32Array(size);
  const std = new Float32Array(size).fill(1);
  const fitRange = (start: number, end: number): void => {
    const moments = momentsOf(vectors, start, end);
    mean.fill(moments.mean, start, end);
    std.fill(moments.std, start, end);
  };
  if (kind === 'tensor') for (const { offset, size: length } of segments) fitRange(offset, offset + length);
  if (kind === 'parameter') for (let i = 0; i < size; i++) fitRange(i, i + 1);
  return { mean, std };
}

/** Standardizes a vector. Constants become 0. */
export function standardize({ mean, std }: Standardizer, vector: Float32Array): Float32Array {
  return vector.map((value, i) => (std[i] === 0 ? 0 : (value - mean[i]!) / std[i]!));
}

/** The inverse of `standardize`. Constants get their mean, whatever their standardized value. */
export function destandardize({ mean, std }: Standardizer, vector: Float32Array): Float32Array {
  return vector.map((value, i) => value * std[i]! + mean[i]!);
}

/** Mean and deviation of all vectors from `start` to `end`, in double precision and two passes. */
function momentsOf(
  vectors: readonly Float32Array[],
  start: number,
  end: number,
): { mean: number; std: number } {
  const count = vectors.length * (end - start);
  let sum = 0;
  for (const vector of vectors) for (let i = start; i < end; i++) sum += vector[i]!;
  const mean = sum / count;
  let squares = 0;
  for (const vector of vectors) for (let i = start; i < end; i++) squares += (vector[i]! - mean) ** 2;
  const std = Math.sqrt(squares / count);
  return { mean, std: std <= CONSTANT * Math.abs(mean) ? 0 : std };
}
