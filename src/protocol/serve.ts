import type { ErrorCode } from './errors.ts';
import type { ExportForm } from './export-forms.ts';
import type { NetworkSizes } from './network-sizes.ts';
import type { PictureDetail, PictureSize } from './stage-entry.ts';
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
 * The methods of `dnw serve`, with their parameters and results: JSON-RPC 2.0 with `Content-Length` headers over
 * standard input and output (`vscode-jsonrpc`). Requests run one at a time, in the order in which they arrive, except
 * that requests about tensors and for thumbnails run in parallel: they only read a file and share nothing. `$/cancelRequest`
 * ends a waiting request immediately and a running one between its steps. A request with `progressToken` receives its
 * findings by `$/progress`, at most ten times a second and completely before the result. The process exits when its
 * standard input closes, or after `--idle-minutes` without a request.
 *
 * The notification `opened` says what the user has opened. Requests may name only those projects and files, files in
 * those projects, and the images of their concepts' pairs.
 */
export interface ServeRequests {
  /** Reads, compiles and translates what the first answers about a concept need; repeated calls do nothing. */
  warmUp: { params: WarmUpParams; result: null };
  devices: { params: DevicesParams; result: DevicesResult };
  sizes: { params: DescribeParams; result: NetworkSizes };
  describe: { params: DescribeParams; result: DescribeResult };
  validate: { params: ValidateParams; result: ValidateResult };
  translations: { params: TranslationsParams; result: TranslationsResult };
  translate: { params: TranslateParams; result: TranslateResult };
  thumbnail: { params: ThumbnailParams; result: ThumbnailResult };
  pictureArea: { params: PictureAreaParams; result: PictureAreaResult };
  /** What `dnw translate` does with one picture. Its output is one of the files that the user has opened, or in a project. */
  saveTranslation: {
    params: SaveTranslationParams & Streamed;
    result: SaveTranslationResult;
    progress: SaveTranslationProgress;
  };
  denoise: { params: DenoiseParams; result: DenoiseResult };
  /** What `dnw export` does. Its output is one of the files that the user has opened, or in a project. */
  export: { params: ExportParams; result: null };
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

/** The notification that replaces the list of what the user has opened. */
export const OPENED = 'opened';

export interface OpenedParams {
  /** Absolute paths of project folders. */
  projects: string[];
  /** Absolute paths of files outside of them: safetensors files and images that the user chose. */
  files: string[];
}

/** Content of `$/progress` for a method; `never` if it reports nothing. */
export type ServeProgress<M extends keyof ServeRequests> = ServeRequests[M] extends { progress: infer P }
  ? P
  : never;

interface Streamed {
  progressToken?: number;
}

/** JSON-RPC error code of a failure that the user can fix; its message says how. Other codes are bugs. */
export const USER_ERROR = -32000;

/** What an error of the engine carries besides its message: its code, as docs/troubleshooting.md describes it. */
export interface ServeErrorData {
  code: ErrorCode;
}

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
  /** Concept whose view is about to open: what it asks for first is computed in advance. */
  concept?: string;
}

export interface DevicesParams {
  /** A value of the training config's `device`; `auto` picks. */
  device: string;
  /** CPU threads; 0 means one per core. */
  threads: number;
}

export interface DevicesResult {
  /** The device that would be used, and the reason for it. */
  selected: { device: string; executor: string; threads: number; reason: string };
  /** Every device and whether it is usable; `remedy` says what would make an unusable one usable. */
  considered: { device: string; usable: boolean; reason: string; remedy?: string }[];
  versions: Record<string, string>;
}

export interface DescribeParams extends ProjectParams {
  /** Name of the training config. */
  training: string;
}

export interface DescribeResult {
  /** The output of `dnw describe`. */
  text: string;
}

export type ValidateParams = ProjectParams;

/** One finding in a YAML file of the project; lines and columns count from 1. */
export interface ValidationProblem {
  /** Absolute path of the file. */
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
  /** The base, if it has been trained, and every weights file of the concept. */
  weights: WeightsChoice[];
  /** Absolute paths of the held-out source images of the concept; empty until its pairs are prepared. */
  testImages: string[];
}

export interface TranslateParams extends ConceptParams {
  /** `base`, `denoised`, `fine-tuned`, or a weights file, absolute or relative to the project folder. */
  weights: string;
  /** Path of the picture, absolute or relative to the project folder. */
  image: string;
  /** As `dnw translate --size`. */
  size: PictureSize;
}

export interface TranslateResult {
  /** The whole picture as the generator saw it, upright. PNG, base64. */
  source: string;
  /** The translated image, of the same size. PNG, base64. */
  translated: string;
  /** The edited counterpart, if the concept's pairs have one or its effects can make it. PNG, base64. */
  target?: string;
  /** Size of these images. */
  width: number;
  height: number;
  /** Size of the picture itself, upright. */
  picture: { width: number; height: number };
  /** Whether the picture is too large to be translated whole at `native` for a look: it was translated at the size of training. */
  isPreview: boolean;
  /** What was done with the picture, each as a part of a sentence: turned upright, converted to sRGB. */
  remarks: string[];
  /** Time of the generator alone, in seconds. */
  seconds: number;
  device: string;
  /** Peak signal-to-noise ratio against the target in dB, for values in [0, 1]. */
  psnr?: number;
  /** Structural similarity of the luminance to the target's, at most 1. */
  ssim?: number;
}

export interface ThumbnailParams extends ConceptParams {
  image: string;
  /** Longer side of the result in pixels; smaller pictures keep their size. */
  side: number;
}

export interface ThumbnailResult {
  /** The whole picture, upright. PNG, base64. */
  image: string;
}

/** A part of a picture, or of its translation as `dnw translate` makes it with the same options. */
export interface PictureAreaParams extends ConceptParams {
  /** As in `TranslateParams`; absent for the picture itself. */
  weights?: string;
  image: string;
  size: PictureSize;
  /** As `dnw translate --detail`. */
  detail: PictureDetail;
  /** The part, in pixels of the upright picture. */
  area: { left: number; top: number; width: number; height: number };
  /** Size of the result in pixels, at most that of the part. */
  width: number;
  height: number;
}

/** Pixels that a part may have on each side when it is sent. */
export const MOST_AREA_SIDE = 4096;

export interface PictureAreaResult {
  /** PNG, base64. */
  image: string;
  /**
   * Whether these pixels are what the options make of the picture. At `native`, parts of more than 2.5 megapixels are those of
   * a preview at the size of training.
   */
  isExact: boolean;
}

export interface SaveTranslationParams extends TranslateParams {
  detail: PictureDetail;
  /** Absolute path of the file to write; its extension decides the format: .png, .jpg or .webp. */
  output: string;
}

export interface SaveTranslationProgress {
  /** Share of the work that is done, from 0 to 1. */
  done: number;
}

export interface SaveTranslationResult {
  /** Size of the picture that was written. */
  width: number;
  height: number;
  /** As in `TranslateResult`. */
  remarks: string[];
}

export interface ExportParams extends ConceptParams {
  /** `base`, `denoised`, `fine-tuned`, or a weights file, absolute or relative to the project folder. */
  weights: string;
  what: ExportForm;
  /** Whether values are stored in half precision. */
  half: boolean;
  /** Absolute path of the file to write, with the ending of the form. */
  output: string;
}

export interface DenoiseParams extends ConceptParams {
  /** Seed of the noise from which denoising starts: one draw, whatever `sampling.bestOf` says. */
  seed: number;
  /** Number of denoising steps; the paper uses 1. */
  steps: number;
}

export interface DenoiseResult {
  /** Weights file relative to the project folder, with forward slashes, as `translate` and `statistics` accept it. */
  file: string;
  /** Time of the denoising alone, in seconds. */
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
  /** Number of bars, 4 to 512. */
  bins: number;
}

export interface CompareTensorsParams extends TensorFileParams {
  /** Absolute path of the second file: differences are second minus first. */
  second: string;
}
