import type { LoadedTraining, Project } from '../project/load.ts';
import type { NewRunEvent, Stage } from '../protocol/events.ts';
import type { JsonObject } from '../protocol/json.ts';

/** Where a stage writes: its run folder and that folder's events. */
export interface RunWriter {
  /** Absolute path of the run folder. */
  readonly folder: string;
  /**
   * Stamps an event with the time and appends it to `events.jsonl`. Progress events may come as often as a
   * stage likes (they are thinned to about ten a second and given an ETA); a checkpoint event is flushed to disk.
   * `started` and `finished` are the engine's own.
   */
  emit(event: NewRunEvent): void;
}

/**
 * What was asked for on the command line, beside the training config. `--device` and `--threads` are not
 * here: the engine has put them into `training.config`. All paths are absolute.
 */
export interface StageOptions {
  /** Concept this run is about; for stages over many concepts, the only one to work on. */
  readonly concept?: string;
  /** Collect only the members that are missing or stale. */
  readonly missing?: boolean;
  /** Image file or folder to translate. */
  readonly input?: string;
  /** Folder that translated images go to, or file for the weights of a prompt. */
  readonly output?: string;
  /** `base`, `denoised`, `fine-tuned`, or the path of a weights file; absent means `fine-tuned`. */
  readonly weights?: string;
  /** Folder of weight files to train the weight generator on, instead of the zoo of the base. */
  readonly zoo?: string;
  /** To denoise weights for, instead of a concept's; they go to `output`. */
  readonly prompt?: string;
  /** Instead of the config's steps: of the fine-tuning, of the denoising, or of each try of the search for ranks. */
  readonly steps?: number;
  /** Instead of the config's number of draws that denoising takes the best of. */
  readonly bestOf?: number;
  /** Instead of the config's seed, for what this stage draws itself; the split of the pairs keeps the config's. */
  readonly seed?: number;
}

export interface StageContext {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly run: RunWriter;
  /** True once a stop was asked for. To be checked between steps. */
  shouldStop(): boolean;
  /** True where the run goes on from its checkpoint. */
  readonly resume: boolean;
  readonly options: StageOptions;
}

export interface StageOutcome {
  readonly status: 'succeeded' | 'stopped';
  /** Written to the run's `result.json`. */
  readonly result: JsonObject;
  /** What a person is told at the end instead of the result, where that is long. */
  readonly summary?: readonly string[];
}

/**
 * One long job. It polls `shouldStop()` between steps and gives the event loop a turn there (signals
 * arrive in it); on a stop it writes its checkpoint and returns `stopped`.
 * @throws UserError for what the user can mend; anything else is a bug and is reported as one
 */
export type StageFunction = (context: StageContext) => Promise<StageOutcome>;

/** The job of every stage. */
export type StageFunctions = Readonly<Record<Stage, StageFunction>>;
