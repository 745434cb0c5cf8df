import { Random } from '../data/random.ts';

/** Rounds of orthogonal iteration; what they leave open is the order of nearly equal components. */
const ROUNDS = 300;
const SEED = 1;

export interface PrincipalPlane {
  /** The mean of the vectors. */
  readonly mean: Float64Array;
  /** Unit vectors along the two directions of largest variance; zero where there is no variance left. */
  readonly axes: readonly [Float64Array, Float64Array];
  /** Share of the total variance along each, 0 to 1. */
  readonly explained: readonly [number, number];
}

/**
 * The plane of largest variance through some vectors. Few long vectors are expected: the eigenvectors are
 * found in the space of the vectors (of their Gram matrix), by orthogonal iteration.
 * @param vectors equally long, at least one
 */
export function principalPlane(vectors: readonly Float32Array[]): PrincipalPlane {
  const count = vectors.length;
  const length = vectors[0]!.length;
  const mean = new Float64Array(length);
  for (const vector of vectors) for (let i = 0; i < length; i++) mean[i]! += vector[i]! / count;
  const centred = vectors.map((vector) => Float64Array.from(vector, (value, i) => value - mean[i]!));
  const gram = centred.map((a) => Float64Array.from(centred, (b) => dot(a, b)));
  const trace = gram.reduce((sum, row, i) => sum + row[i]!, 0);
  const [first, second] = leadingPair(gram);
  const axis = ({ value, vector }: Eigenpair) => {
    const out = new Float64Array(length);
    if (value <= trace * 1e-12) return out;
    const scale = 1 / Math.sqrt(value);
    for (const [row, weight] of vector.entries()) {
      for (let i = 0; i < length; i++) out[i]! += scale * weight * centred[row]![i]!;
    }
    return out;
  };
  const share = ({ value }: Eigenpair) => (trace > 0 ? Math.max(0, value) / trace : 0);
  return { mean, axes: [axis(first), axis(second)], explained: [share(first), share(second)] };
}

/** Where a vector lies on the plane. */
export function projectOnPlane({ mean, axes }: PrincipalPlane, vector: Float32Array): [number, number] {
  const along = (axis: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < axis.length; i++) sum += axis[i]! * (vector[i]! - mean[i]!);
    return sum;
  };
  return [along(axes[0]), along(axes[1])];
}

interface Eigenpair {
  readonly value: number;
  readonly vector: Float64Array;
}

/** The two largest eigenvalues of a positive semi-definite matrix with their eigenvectors. */
function leadingPair(matrix: readonly Float64Array[]): [Eigenpair, Eigenpair] {
  const random = new Random(SEED);
  const start = () => Float64Array.from(matrix, () => random.normal());
  let a = normalized(start());
  let b = normalized(start());
  for (let round = 0; round < ROUNDS; round++) {
    a = normalized(times(matrix, a));
    b = normalized(without(times(matrix, b), a));
  }
  // Within the plane found, the exact directions (Rayleigh and Ritz).
  const ma = times(matrix, a);
  const mb = times(matrix, b);
  const [aa, ab, bb] = [dot(a, ma), dot(a, mb), dot(b, mb)];
  const angle = 0.5 * Math.atan2(2 * ab, aa - bb);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const mix = (p: number, q: number) => a.map((value, i) => p * value + q * b[i]!);
  const value = (p: number, q: number) => p * p * aa + 2 * p * q * ab + q * q * bb;
  return [
    { value: value(cos, sin), vector: mix(cos, sin) },
    { value: value(-sin, cos), vector: mix(-sin, cos) },
  ];
}

function times(matrix: readonly Float64Array[], vector: Float64Array): Float64Array {
  return Float64Array.from(matrix, (row) => dot(row, vector));
}

/** The part of a vector that is at right angles to a unit vector. */
function without(vector: Float64Array, unit: Float64Array): Float64Array {
  const along = dot(vector, unit);
  return vector.map((value, i) => value - along * unit[i]!);
}

/** A vector of length 1, or zero where it was zero. */
function normalized(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 ? vector.map((value) => value / length) : vector;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
