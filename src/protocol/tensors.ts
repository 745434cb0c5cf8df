/**
 * The content of a safetensors file of any origin, as the engine computes it and the Tensors view draws it. Since JSON
 * has no NaN and no infinity, undefined values are absent.
 */

/** One tensor as the header names it. */
export interface TensorEntry {
  name: string;
  /** `F64`, `F32`, `F16`, `BF16`, `F8_E4M3`, `F8_E5M2`, `I64` ... `U8`, `BOOL`. */
  dtype: string;
  shape: number[];
  /** Number of values. */
  count: number;
}

/** What is known about a file without reading its values. */
export interface TensorFile {
  /** Absolute path. */
  path: string;
  name: string;
  /** Size in bytes. */
  size: number;
  metadata: Record<string, string>;
  /** Tensors in the order of their values in the file. */
  tensors: TensorEntry[];
}

/** Moments of the finite values; 64-bit integers count as the nearest double. */
export interface FiniteMoments {
  min: number;
  max: number;
  mean: number;
  /** Population standard deviation. */
  std: number;
  /** Euclidean norm, at most the largest double. */
  norm: number;
}

export interface TensorStatistics {
  name: string;
  nan: number;
  /** Number of infinities of either sign. */
  inf: number;
  /** Number of exact zeros of either sign. */
  zeros: number;
  /** Absent if no value is finite. */
  finite?: FiniteMoments;
}

/** Spectrum of the product of one pair of LoRA factors, which is added to a layer's weight. */
export interface LoraSpectrum {
  /** Name of the layer: the common prefix of both factors' names. */
  layer: string;
  /** Name of the down factor; `up` names the other one. */
  down: string;
  up: string;
  rank: number;
  /** `alpha` of the file: the product is scaled by alpha / rank, which the singular values leave out. */
  alpha?: number;
  /** Singular values of the product, largest first, at most `rank` of them. Absent if `problem` says why. */
  values?: number[];
  /** Frobenius norm of the product: square root of the sum of the squared singular values. */
  norm?: number;
  /**
   * exp of the entropy of the singular values divided by their sum: how many of them carry the product (Roy and
   * Vetterli 2007). Absent if all are zero.
   */
  effectiveRank?: number;
  problem?: string;
}

export interface TensorHistogram {
  /** Edges of the bars, ascending, one more than bars; empty if no value is finite. */
  edges: number[];
  /** Number of finite values in each bar. */
  counts: number[];
}

/** Difference of second and first file, over the values that are finite in both. */
export interface TensorDifference {
  name: string;
  /** Euclidean norm of the difference. */
  distance: number;
  /** `distance` divided by the first file's norm; absent if that is zero. */
  relative?: number;
  /** Cosine of the angle between the two; absent if either is zero. */
  cosine?: number;
  /** Number of values that are not finite in one of the files; the other figures leave them out. */
  nonFinite: number;
}

/** Tensors that cannot be compared value by value. */
export interface UnmatchedTensors {
  onlyFirst: string[];
  onlySecond: string[];
  /** Tensors that are in both files, but in different shapes. */
  mismatched: { name: string; first: number[]; second: number[] }[];
}

/** Progress of reading, and what was found since the last message. */
export interface TensorScanProgress {
  /** Bytes read so far, of `total`. */
  done: number;
  total: number;
  tensors: TensorStatistics[];
  spectra: LoraSpectrum[];
}

export interface TensorComparisonProgress {
  /** Values compared so far, of `total`. */
  done: number;
  total: number;
  differences: TensorDifference[];
}
