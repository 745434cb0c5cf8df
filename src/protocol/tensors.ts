/**
 * What is inside a safetensors file of any origin: what the engine computes and the Tensors view draws. JSON has no
 * NaN and no infinity: what has no value is absent.
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

/** All that can be said of a file without reading a value. */
export interface TensorFile {
  /** Absolute path. */
  path: string;
  name: string;
  /** Bytes. */
  size: number;
  metadata: Record<string, string>;
  /** In the order of their values in the file. */
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
  /** Of either sign. */
  inf: number;
  /** Exact zeros of either sign. */
  zeros: number;
  /** Absent where no value is finite. */
  finite?: FiniteMoments;
}

/** The product of one pair of LoRA factors, which is added to a layer's weight. */
export interface LoraSpectrum {
  /** Name of the layer: what both factors' names begin with. */
  layer: string;
  /** Names of the two tensors. */
  down: string;
  up: string;
  rank: number;
  /** `alpha` of the file: the product is scaled by alpha / rank, which the singular values leave out. */
  alpha?: number;
  /** Largest first, at most `rank`, of the product of the factors. Absent where `problem` says why. */
  values?: number[];
  /** Of the product: square root of the sum of the squared singular values. */
  norm?: number;
  /**
   * exp of the entropy of the singular values divided by their sum: how many of them carry the product (Roy and
   * Vetterli 2007). Absent where all are zero.
   */
  effectiveRank?: number;
  problem?: string;
}

export interface TensorHistogram {
  /** Borders of the bars, ascending, one more than bars; empty where no value is finite. */
  edges: number[];
  /** Finite values in each bar. */
  counts: number[];
}

/** Second file minus first, over the values that are finite in both. */
export interface TensorDifference {
  name: string;
  /** Euclidean norm of the difference. */
  distance: number;
  /** `distance` divided by the first file's norm; absent where that is zero. */
  relative?: number;
  /** Absent where either is zero. */
  cosine?: number;
  /** Values that are not finite in either file, which the other figures leave out. */
  nonFinite: number;
}

/** What cannot be compared value by value. */
export interface UnmatchedTensors {
  onlyFirst: string[];
  onlySecond: string[];
  /** In both, but of another shape. */
  mismatched: { name: string; first: number[]; second: number[] }[];
}

/** How far reading has come, and what it found since the last message. */
export interface TensorScanProgress {
  /** Bytes. */
  done: number;
  total: number;
  tensors: TensorStatistics[];
  spectra: LoraSpectrum[];
}

export interface TensorComparisonProgress {
  /** Values. */
  done: number;
  total: number;
  differences: TensorDifference[];
}
