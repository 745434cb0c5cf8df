import type { LoadedTraining, Project } from '../project/load.ts';
import type { NewRunEvent } from '../protocol/events.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { Stage, StageOptions } from '../protocol/stages.ts';

/** Where a stage writes: its run folder and that folder's events. */
export interface RunWriter {
  /** Absolute path of the run folder. */
  readonly folder: string;
  /**
   * Stamps an event with the time and appends it to `events.jsonl`. Progress events may be emitted as often as a
   * stage likes (they are thinned to about ten a second and given an ETA); a checkpoint event is flushed to disk.
   * `started` and `finished` are the engine's own.
   */
  emit(event: NewRunEvent): void;
}

/** Everything that a stage works with. `--device` and `--threads` are in `training.config`. */
export interface StageContext<S extends Stage = Stage> {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly run: RunWriter;
  /** True once a stop was requested. Stages check it between steps. */
  shouldStop(): boolean;
  /** True if the run continues from its checkpoint. */
  readonly resume: boolean;
  readonly options: StageOptions<S>;
}

export interface StageOutcome {
  readonly status: 'succeeded' | 'stopped';
  /** Written to the run's `result.json`. */
  readonly result: JsonObject;
  /** Lines to show at the end instead of the result, if the result is long. */
  readonly summary?: readonly string[];
}

/**
 * One long job. Between steps it polls `shouldStop()` and yields to the event loop, in which signals arrive. On a
 * stop it writes its checkpoint and returns `stopped`.
 * @throws UserError for what the user can fix; anything else is a bug and is reported as one
 */
export type StageFunction<S extends Stage = Stage> = (context: StageContext<S>) => Promise<StageOutcome>;

/** The function of every stage. */
export type StageFunctions = { readonly [S in Stage]: StageFunction<S> };
