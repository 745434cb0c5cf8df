import type { NetworkSizes } from './network-sizes.ts';
import type {
  BlockHistogramRequest,
  DenoisingTrajectory,
  HistogramPair,
  StatisticsRequest,
  TrajectoryRequest,
  WeightStatistics,
  WeightsChoice,
} from './statistics.ts';
import type {
  TensorComparisonProgress,
  TensorHistogram,
  TensorScanProgress,
  UnmatchedTensors,
} from './tensors.ts';

/**
 * What `dnw serve` answers: JSON-RPC 2.0 with `Content-Length` headers over standard input and output
 * (`vscode-jsonrpc`). Requests run one at a time, in the order they came, but those about tensors run beside them:
 * they read a file piece by piece and share nothing. `$/cancelRequest` ends a waiting request at once and a running
 * one between its steps. A request with `progressToken` is told by `$/progress` what was found so far, ten times a
 * second at most; everything is told before the result comes. The process ends when its standard input closes, or
 * after it has been idle for as long as `--idle-minutes` says.
 *
 * Here: the parameters and the result of every method.
 */
export interface ServeRequests {
  /** Reads, compiles and translates what the first answers about a concept need; does nothing a second time. */
  warmUp: { params: WarmUpParams; result: null };
  devices: { params: DevicesParams; result: DevicesResult };
  sizes: { params: DescribeParams; result: NetworkSizes };
  describe: { params: DescribeParams; result: DescribeResult };
  validate: { params: ValidateParams; result: ValidateResult };
  translations: { params: TranslationsParams; result: TranslationsResult };
  translate: { params: TranslateParams; result: TranslateResult };
  denoise: { params: DenoiseParams; result: DenoiseResult };
  statistics: { params: StatisticsParams; result: StatisticsResult };
  blockHistogram: { params: ProjectParams & BlockHistogramRequest; result: HistogramPair };
  trajectory: { params: ProjectParams & TrajectoryRequest; result: DenoisingTrajectory };
  tensorStatistics: { params: TensorFileParams & Streamed; result: null; progress: TensorScanProgress };
  tensorHistogram: { params: TensorHistogramParams; result: TensorHistogram };
  compareTensors: {
    params: CompareTensorsParams & Streamed;
    result: UnmatchedTensors;
    progress: TensorComparisonProgress;
  };
}

/** What `$/progress` carries for a method; `never` where it reports nothing. */
export type ServeProgress<M extends keyof ServeRequests> = ServeRequests[M] extends { progress: infer P }
  ? P
  : never;

interface Streamed {
  progressToken?: number;
}

/** JSON-RPC error code of a failure that the user can mend; its message says how. Other codes are bugs. */
export const USER_ERROR = -32000;

interface ProjectParams {
  /** Absolute path of the project folder. */
  project: string;
}

interface ConceptParams extends ProjectParams {
  /** Name of the training config. */
  training: string;
  /** Name of the concept. */
  concept: string;
}

/** Held-out images that the Translate view shows until others are chosen. */
export const FIRST_IMAGES = 4;

export interface WarmUpParams extends ProjectParams {
  /** Name of the training config. */
  training: string;
  for: 'statistics' | 'translation';
  /** What the view about this concept asks for first is computed, before it asks. */
  concept?: string;
}

export interface DevicesParams {
  /** A value of the training config's `device`; `auto` picks. */
  device: string;
  /** CPU threads; 0 is one per core. */
  threads: number;
}

export interface DevicesResult {
  /** What would compute, and why. */
  selected: { device: string; executor: string; threads: number; reason: string };
  /** Every device and what came of it; of those that do not work here, what would help. */
  considered: { device: string; usable: boolean; reason: string; remedy?: string }[];
  versions: Record<string, string>;
}

export interface DescribeParams extends ProjectParams {
  /** Name of the training config. */
  training: string;
}

export interface DescribeResult {
  /** What `dnw describe` prints. */
  text: string;
}

export type ValidateParams = ProjectParams;

/** One finding in a YAML file of the project; lines and columns count from 1. */
export interface ValidationProblem {
  /** Absolute path. */
  file: string;
  line: number;
  column: number;
  severity: 'error' | 'warning';
  message: string;
}

export interface ValidateResult {
  problems: ValidationProblem[];
}

export type TranslationsParams = ConceptParams;

export interface TranslationsResult {
  /** The base, if it was trained, and every weights file of the concept. */
  weights: WeightsChoice[];
  /** Held-out source images of the concept, absolute paths; empty until its pairs were prepared. */
  testImages: string[];
}

export interface TranslateParams extends ConceptParams {
  /** `base`, `denoised`, `fine-tuned`, or a weights file, absolute or relative to the project folder. */
  weights: string;
  image: { file: string } | { name: string; base64: string };
}

export interface TranslateResult {
  /** What the generator saw: square, of the training's size. PNG, base64. */
  source: string;
  /** PNG, base64. */
  translated: string;
  /** The edited counterpart, where the concept's pairs have one or its effects can make it. PNG, base64. */
  target?: string;
  width: number;
  height: number;
  /** Time of the generator alone. */
  seconds: number;
  device: string;
  /** Against the target: peak signal-to-noise ratio in dB over [0, 1] values. */
  psnr?: number;
  /** Against the target: structural similarity of the luminance, at most 1. */
  ssim?: number;
}

export interface DenoiseParams extends ConceptParams {
  /** Seed of the noise that denoising starts from: one draw, whatever `sampling.bestOf` says. */
  seed: number;
  /** Denoising steps; 1 is the paper's way. */
  steps: number;
}

export interface DenoiseResult {
  /** Weights file relative to the project folder, with forward slashes; `translate` and `statistics` take it. */
  file: string;
  /** Time of the denoising alone. */
  seconds: number;
  device: string;
}

export type StatisticsParams = ProjectParams & StatisticsRequest;
export type StatisticsResult = WeightStatistics;

export interface TensorFileParams {
  /** Absolute path of a safetensors file. */
  file: string;
}

export interface TensorHistogramParams extends TensorFileParams {
  tensor: string;
  /** Bars, 4 to 512. */
  bins: number;
}

export interface CompareTensorsParams extends TensorFileParams {
  /** Absolute path of the second file: differences are second minus first. */
  second: string;
}
