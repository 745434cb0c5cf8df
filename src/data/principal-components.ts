/** Principal component analysis of few long vectors (weights of a zoo). */

export interface PrincipalComponents {
  /** The mean of the vectors. */
  readonly mean: Float64Array;
  /** Unit vectors along the directions of largest variance; zero where there is no variance left. */
  readonly axes: readonly Float64Array[];
  /** Variance along each axis: mean squared distance from the mean. */
  readonly variances: readonly number[];
  /** Share of the total variance along each axis, 0 to 1. */
  readonly explained: readonly number[];
}

/** Directions with less than this share of the total variance are rounding. */
const NEGLIGIBLE = 1e-12;

/**
 * The directions of largest variance through some vectors, in their order. The eigenvectors are found in the
 * space of the vectors, of their Gram matrix, whose size is their number and not their length.
 * @param vectors equally long, at least one
 * @param count directions wanted; those beyond what the vectors span are zero
 */
export function principalComponents(vectors: readonly Float32Array[], count: number): PrincipalComponents {
  const length = vectors[0]!.length;
  const mean = new Float64Array(length);
  for (const vector of vectors) for (let i = 0; i < length; i++) mean[i]! += vector[i]! / vectors.length;
  const centred = vectors.map((vector) => Float64Array.from(vector, (value, i) => value - mean[i]!));
  const pairs = eigenpairs(gramOf(centred));
  const total = pairs.reduce((sum, { value }) => sum + Math.max(0, value), 0);
  const components = Array.from({ length: count }, (_, i) => {
    const axis = new Float64Array(length);
    const pair = pairs[i];
    if (!pair || pair.value <= total * NEGLIGIBLE) return { axis, value: 0 };
    const scale = 1 / Math.sqrt(pair.value);
    for (const [row, weight] of pair.vector.entries()) {
      const vector = centred[row]!;
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

function gramOf(rows: readonly Float64Array[]): Float64Array[] {
  const gram = rows.map(() => new Float64Array(rows.length));
  for (const [i, a] of rows.entries()) {
    for (let j = 0; j <= i; j++) {
      const b = rows[j]!;
      let sum = 0;
      for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
      gram[i]![j] = sum;
      gram[j]![i] = sum;
    }
  }
  return gram;
}

interface Eigenpair {
  readonly value: number;
  readonly vector: Float64Array;
}

/** Sweeps over all pairs; convergence is quadratic, and ten are rarely needed. */
const MAX_SWEEPS = 60;

/**
 * Eigenvalues of a symmetric positive semi-definite matrix, the largest first, with their unit eigenvectors: cyclic Jacobi rotations
 * (Golub and Van Loan, Matrix Computations, section 8.5). Only exactly rounded operations are used, so that
 * the result is the same on every machine.
 */
function eigenpairs(symmetric: readonly Float64Array[]): Eigenpair[] {
  const size = symmetric.length;
  const a = symmetric.map((row) => row.slice());
  // Row i of `vectors` becomes the eigenvector of a[i][i].
  const vectors = a.map((_, i) => {
    const unit = new Float64Array(size);
    unit[i] = 1;
    return unit;
  });
  const trace = a.reduce((sum, row, i) => sum + row[i]!, 0);
  const negligible = (Number.EPSILON * trace) / size;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) {
        const off = a[p]![q]!;
        if (Math.abs(off) <= negligible) continue;
        rotated = true;
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * off);
        const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cosine = 1 / Math.sqrt(tangent * tangent + 1);
        const sine = tangent * cosine;
        rotate(a[p]!, a[q]!, cosine, sine);
        for (const row of a) {
          const [x, y] = [row[p]!, row[q]!];
          row[p] = cosine * x - sine * y;
          row[q] = sine * x + cosine * y;
        }
        // What the rotation is for; rounding would leave a rest.
        a[p]![q] = 0;
        a[q]![p] = 0;
        rotate(vectors[p]!, vectors[q]!, cosine, sine);
      }
    }
    if (!rotated) break;
  }
  return vectors
    .map((vector, i) => ({ value: a[i]![i]!, vector }))
    .sort((first, second) => second.value - first.value);
}

function rotate(p: Float64Array, q: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < p.length; i++) {
    const [x, y] = [p[i]!, q[i]!];
    p[i] = cosine * x - sine * y;
    q[i] = sine * x + cosine * y;
  }
}
