import type { NotificationType, RequestType } from 'vscode-messenger-common';
import type { SavedComparison } from './comparison.ts';
import type { LogEvent, MemoryUse, Stage } from './events.ts';
import type { RunState } from './run.ts';
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
  LoraSpectrum,
  TensorDifference,
  TensorFile,
  TensorHistogram,
  TensorStatistics,
  UnmatchedTensors,
} from './tensors.ts';

/**
 * What the extension host and each webview say to one another, over `vscode-messenger`.
 *
 * A webview pulls: it sends `connect` once its script runs, gets all it needs to draw, and then the
 * host sends changes while the view is visible, ten a second at most, the newest winning. A hidden
 * view hears nothing; its page is made anew when it is shown again, and connects again.
 * A request that fails rejects with an `Error` whose message is fit to show.
 * Numbers in bulk are typed arrays, pictures are encoded PNG or JPEG bytes; neither travels as JSON.
 */

/** Bundles below `dist/webview/`, one script each. */
export const VIEWS = ['run', 'weights', 'translate', 'compare', 'tensors'] as const;
export type ViewName = (typeof VIEWS)[number];

/**
 * What a webview keeps with `setState`. After a window reload the host reads `target` from it to fill
 * the panel again; `view` is the webview's own (scroll, zoom, selection).
 */
export interface PersistedState<Target> {
  target: Target;
  view?: unknown;
}

/** A project folder, as an absolute path. */
export interface ProjectTarget {
  project: string;
}
/** One run of a project of the workspace. */
export interface RunReference extends ProjectTarget {
  runId: string;
}
export interface RunTarget extends RunReference {
  /** Runs whose curves are drawn over this one's, at most `MOST_OVERLAID`. */
  overlaid?: RunReference[];
}
/** Each run of a comparison has a colour of its own, and a theme has six that can be told apart. */
export const MOST_OVERLAID = 5;
/** What is to be shown first; what is absent is for the view to choose. */
export interface WeightsTarget extends ProjectTarget {
  training?: string;
  concept?: string;
}
export type TranslateTarget = WeightsTarget;
export interface CompareTarget extends ProjectTarget {
  concept?: string;
  /** The run whose evaluation is to be shown first; without it the concept's newest that has succeeded. */
  runId?: string;
}

/** The states that every view can be in beside showing its content. */
export type PendingState =
  | { kind: 'loading' }
  /** Nothing to show yet; `action` is the command that would change that. */
  | { kind: 'empty'; message: string; action?: ViewAction }
  | { kind: 'error'; message: string; action?: ViewAction };

/** A button that has the host run one of the extension's commands: see `viewAction`. */
export interface ViewAction {
  label: string;
  /** Command id; the host refuses what it did not offer. */
  command: string;
}

/** A run that works on what the view shows, for a progress line. */
export interface LiveRun {
  runId: string;
  stage: Stage;
  name: string;
  state: RunState;
  message?: string;
  done?: number;
  total?: number;
  etaSeconds?: number;
}

/** Answer to `connect`. `state` is then replaced whole by every `stateChanged`. */
export interface Connected<Target, State> {
  target: Target;
  state: State;
}

/** A file that the user is asked a place for. */
export interface SaveRequest {
  /** To begin with, with its extension. */
  name: string;
  data: Uint8Array;
}

/** Runs the action that the present state offers; rejects where the state offers none. */
export const viewAction: RequestType<ViewAction, void> = { method: 'action' };

// ---------------------------------------------------------------- Run

export interface RunHeader {
  runId: string;
  stage: Stage;
  name: string;
  state: RunState;
  /** Milliseconds since the Unix epoch. */
  created: number;
  training: string;
  concept?: string;
  device?: string;
  /** Why this device, in words. */
  deviceReason?: string;
  /** Within the present part, where the run has several. */
  progress?: { message: string; done: number; total: number; unit: string; etaSeconds?: number };
  /** Of a run of several stages: how many there are, and the titles of those it has come to, the last the present one. */
  parts?: { total: number; titles: readonly string[] };
  /** Of the engine process, in bytes; absent where the run did not say. */
  memory?: MemoryUse;
  /** Set once the run has ended. */
  seconds?: number;
  error?: string;
  /** A stop was asked for and the run has not ended yet. */
  stopping: boolean;
  /** The run can go on from its checkpoint. */
  resumable: boolean;
  /** The run has measured starts, which the Compare view shows. */
  evaluated: boolean;
}

/** New points of one curve; points arrive in the order of the run and are to be appended. */
export interface CurvePoints {
  /** `loss/generator`, `quality/psnr`... */
  key: string;
  concept?: string;
  series?: string;
  step: Float64Array;
  /** Training seconds of each point; NaN where the run did not say. */
  seconds: Float64Array;
  value: Float64Array;
}

export interface RunSample {
  step: number;
  concept?: string;
  label: string;
  /** Address of the picture for an `img` element. */
  uri: string;
  /** Milliseconds since the Unix epoch. */
  time: number;
}

export interface RunLogLine {
  time: number;
  level: LogEvent['level'];
  message: string;
}

export interface RunArtifact {
  kind: string;
  /** Relative to the project folder, with forward slashes. */
  file: string;
  concept?: string;
}

/** A run whose curves are drawn over those of the view's own. */
export interface OverlaidRun extends RunReference {
  stage: Stage;
  name: string;
  /** Milliseconds since the Unix epoch. */
  created: number;
  state: RunState;
  /** True where `curves` are all that the run has; otherwise they are what came since the last update. */
  whole: boolean;
  curves: CurvePoints[];
}

/** Lines of `events.jsonl` that are no events and are left out. */
export interface DamagedLines {
  count: number;
  /** Numbers of the first of them, from 1. */
  lines: number[];
}

/** What came since the last update: header, damage and the list of overlaid runs replace, the rest is appended. */
export interface RunUpdate {
  header: RunHeader;
  curves: CurvePoints[];
  samples: RunSample[];
  log: RunLogLine[];
  artifacts: RunArtifact[];
  /** Absent where every line is sound. */
  damaged?: DamagedLines;
  overlays: OverlaidRun[];
}

/** What a run was begun with; it never changes. */
export interface RunOrigin {
  /** The training config with every default filled in, as YAML. */
  config: string;
  /** Options of the command line, as YAML; empty where there were none. */
  options: string;
  seed: number;
  /** Programs by name. */
  versions: Record<string, string>;
}

export type RunViewState = PendingState | ({ kind: 'ready'; origin: RunOrigin } & RunUpdate);

export const runView = {
  connect: { method: 'run/connect' } as RequestType<void, Connected<RunTarget, RunViewState>>,
  /** The whole view changed (the run folder was deleted, or is readable now). */
  stateChanged: { method: 'run/state' } as NotificationType<RunViewState>,
  updated: { method: 'run/updated' } as NotificationType<RunUpdate>,
  stop: { method: 'run/stop' } as RequestType<void, void>,
  resume: { method: 'run/resume' } as RequestType<void, void>,
  showComparison: { method: 'run/showComparison' } as RequestType<void, void>,
  showLog: { method: 'run/showLog' } as RequestType<void, void>,
  reveal: { method: 'run/reveal' } as RequestType<void, void>,
  openArtifact: { method: 'run/openArtifact' } as RequestType<RunArtifact, void>,
  copyConfig: { method: 'run/copyConfig' } as RequestType<void, void>,
  /** Opens the events file at a line, from 1. */
  showEvents: { method: 'run/showEvents' } as RequestType<number, void>,
  /** Asks which runs are to be overlaid. */
  chooseOverlaid: { method: 'run/chooseOverlaid' } as RequestType<void, void>,
  removeOverlaid: { method: 'run/removeOverlaid' } as RequestType<RunReference, void>,
  /** Saves the animation where the user says; false where they chose nowhere. */
  save: { method: 'run/save' } as RequestType<SaveRequest, boolean>,
};

// ---------------------------------------------------------------- Weights and Translate: choices

export interface ConceptChoice {
  name: string;
  prompt: string;
  tags: string[];
  weights: WeightsChoice[];
}

/** A training config with the concepts that have weights under it. */
export interface TrainingChoice {
  name: string;
  /** Relative to the project folder, with forward slashes. */
  file: string;
}

// ---------------------------------------------------------------- Weights

export type WeightsViewState =
  | PendingState
  | { kind: 'ready'; trainings: TrainingChoice[]; concepts: ConceptChoice[]; live?: LiveRun };

export const weightsView = {
  connect: { method: 'weights/connect' } as RequestType<void, Connected<WeightsTarget, WeightsViewState>>,
  stateChanged: { method: 'weights/state' } as NotificationType<WeightsViewState>,
  statistics: { method: 'weights/statistics' } as RequestType<StatisticsRequest, WeightStatistics>,
  blockHistogram: { method: 'weights/block' } as RequestType<BlockHistogramRequest, HistogramPair>,
  trajectory: { method: 'weights/trajectory' } as RequestType<TrajectoryRequest, DenoisingTrajectory>,
  openRun: { method: 'weights/openRun' } as RequestType<string, void>,
};

// ---------------------------------------------------------------- Translate

/** An image that can be translated: a held-out one of the concept, or one that the user chose. */
export interface ImageChoice {
  name: string;
  /** Absolute path. */
  file: string;
  /** Address for an `img` element. */
  uri: string;
}

export type TranslateViewState =
  | PendingState
  | { kind: 'ready'; trainings: TrainingChoice[]; concepts: ConceptChoice[]; live?: LiveRun };

export interface TestImagesRequest {
  training: string;
  concept: string;
}

/** An image of the list, one dropped from the editor's explorer, or bytes of a file dropped from outside. */
export type TranslateImage =
  | { kind: 'file'; file: string }
  | { kind: 'uri'; uri: string }
  | { kind: 'bytes'; name: string; data: Uint8Array };

export interface TranslateRequest {
  training: string;
  concept: string;
  /** `file` of the weights choice. */
  weights: string;
  image: TranslateImage;
}

export interface Translation {
  /** The image as the generator saw it: square, cut to the training's size. PNG. */
  source: Uint8Array;
  translated: Uint8Array;
  /** What the concept's own pairs show for this image, where it is one of theirs or its effects can be applied. */
  target?: Uint8Array;
  width: number;
  height: number;
  /** Seconds that the generator took, without loading. */
  seconds: number;
  device: string;
  /** Against the target: peak signal-to-noise ratio in dB over [0, 1] values. */
  psnr?: number;
  /** Against the target: structural similarity of the luminance, at most 1. */
  ssim?: number;
}

export interface DenoiseRequest {
  training: string;
  concept: string;
  /** Of the noise that denoising starts from. */
  seed: number;
  /** Denoising steps; 1 is the paper's way. */
  steps: number;
}

export interface DenoisedWeights {
  /** To be used as `weights` of a translation or of statistics. */
  weights: string;
  seconds: number;
  device: string;
}

export const translateView = {
  connect: { method: 'translate/connect' } as RequestType<
    void,
    Connected<TranslateTarget, TranslateViewState>
  >,
  stateChanged: { method: 'translate/state' } as NotificationType<TranslateViewState>,
  /** Held-out images of a concept; empty until its pairs were prepared. */
  testImages: { method: 'translate/testImages' } as RequestType<TestImagesRequest, ImageChoice[]>,
  translate: { method: 'translate/translate' } as RequestType<TranslateRequest, Translation>,
  /** Weights denoised with another seed or number of steps, without touching the concept's own. */
  denoise: { method: 'translate/denoise' } as RequestType<DenoiseRequest, DenoisedWeights>,
  /** Asks for an image file with the editor's dialog; undefined where the user chose none. */
  chooseImage: { method: 'translate/chooseImage' } as RequestType<void, ImageChoice | undefined>,
  /** Saves the picture where the user says; false where they chose nowhere. */
  save: { method: 'translate/save' } as RequestType<SaveRequest, boolean>,
  openRun: { method: 'translate/openRun' } as RequestType<string, void>,
};

// ---------------------------------------------------------------- Compare

/** A run that evaluates, or has evaluated, a concept; one that has ended. */
export interface EvaluationChoice {
  runId: string;
  /** `evaluate`, or `quickstart`, which ends with an evaluation. */
  stage: Stage;
  state: RunState;
  /** Milliseconds since the Unix epoch. */
  created: number;
  /** Path of the training config, relative to the project folder. */
  training: string;
  /** Why it failed. */
  error?: string;
}

/** A concept that has been evaluated or could be. */
export interface EvaluatedConcept {
  name: string;
  /** Absent where the project has no such concept any more. */
  prompt?: string;
  /** Those that have ended, newest first. */
  evaluations: EvaluationChoice[];
  /** The evaluation that is under way. */
  live?: LiveRun;
}

/** Concepts with an evaluation come first, then those that are held out. */
export type CompareViewState = PendingState | { kind: 'ready'; concepts: EvaluatedConcept[] };

export const compareView = {
  connect: { method: 'compare/connect' } as RequestType<void, Connected<CompareTarget, CompareViewState>>,
  stateChanged: { method: 'compare/state' } as NotificationType<CompareViewState>,
  /** What the evaluation of this run id has measured; rejects where its file is missing, damaged or foreign. */
  comparison: { method: 'compare/comparison' } as RequestType<string, SavedComparison>,
  /** Starts an evaluation of the concept of this name. */
  evaluate: { method: 'compare/evaluate' } as RequestType<string, void>,
  /** Saves a drawing or table where the user says; false where they chose nowhere. */
  save: { method: 'compare/save' } as RequestType<SaveRequest, boolean>,
  openRun: { method: 'compare/openRun' } as RequestType<string, void>,
};

// ---------------------------------------------------------------- Tensors

/** A safetensors file, as an absolute path. */
export interface TensorsTarget {
  file: string;
}

/** How far the engine is with reading the values. */
export type TensorScan =
  /** `done` and `total` in bytes; `total` is 0 until the engine has opened the file. */
  | { state: 'running'; done: number; total: number }
  | { state: 'done' }
  | { state: 'failed'; message: string };

/** The file beside a second one; differences are second minus first. */
export interface TensorComparison {
  /** Absolute path of the second file. */
  path: string;
  name: string;
  state: 'running' | 'done' | 'failed';
  /** Why it failed. */
  message?: string;
  /** Values. */
  done: number;
  total: number;
  differences: TensorDifference[];
  /** Once it is done. */
  unmatched?: UnmatchedTensors;
}

export type TensorsViewState =
  | PendingState
  | {
      kind: 'ready';
      file: TensorFile;
      scan: TensorScan;
      /** Of the tensors that were read so far. */
      statistics: TensorStatistics[];
      spectra: LoraSpectrum[];
      comparison?: TensorComparison;
    };

/** What came since the last update: statistics and spectra are appended, the rest replaces. */
export interface TensorsUpdate {
  scan: TensorScan;
  statistics: TensorStatistics[];
  spectra: LoraSpectrum[];
  /** Absent where nothing of it changed. */
  comparison?: TensorComparison;
}

export interface TensorHistogramRequest {
  tensor: string;
  /** Bars, 4 to 512. */
  bins: number;
}

export const tensorsView = {
  connect: { method: 'tensors/connect' } as RequestType<void, Connected<TensorsTarget, TensorsViewState>>,
  /** The whole view changed: the file was read anew. */
  stateChanged: { method: 'tensors/state' } as NotificationType<TensorsViewState>,
  updated: { method: 'tensors/updated' } as NotificationType<TensorsUpdate>,
  histogram: { method: 'tensors/histogram' } as RequestType<TensorHistogramRequest, TensorHistogram>,
  /** Reads the values again, after that failed. */
  scan: { method: 'tensors/scan' } as RequestType<void, void>,
  /** Asks for a second file with the editor's dialog and compares. */
  compare: { method: 'tensors/compare' } as RequestType<void, void>,
  endComparison: { method: 'tensors/endComparison' } as RequestType<void, void>,
};
