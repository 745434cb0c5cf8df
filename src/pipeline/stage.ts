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

/** Processes that take part in a run besides its own. */
export interface Workers {
  /** Has them end after their current step. @returns once they have ended */
  end(): Promise<void>;
}

/** For a run that its own process does alone. */
export const NO_WORKERS: Workers = { end: async () => {} };

/** Everything that a process works with, for a whole run or for some of its units. `--device` and `--threads` are in `training.config`. */
export interface WorkContext<S extends Stage = Stage> {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly run: RunWriter;
  /** True once a stop was requested. Stages check it between steps. */
  shouldStop(): boolean;
  /** True if the run continues from its checkpoint. */
  readonly resume: boolean;
  readonly options: StageOptions<S>;
}

/** Everything that a stage works with. */
export interface StageContext<S extends Stage = Stage> extends WorkContext<S> {
  /**
   * Starts processes on this machine that take units of the run (`RunUnits`), which has been divided into them: as many as
   * given, or fewer if there is no memory for them. Called once this process has compiled its networks.
   * @param count 0 or more
   */
  startWorkers(count: number): Workers;
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

/** What a process has done that takes units of a run that another one began. */
export interface WorkOutcome {
  readonly status: 'succeeded' | 'stopped';
  /** Number of units that it has finished. */
  readonly finished: number;
  /** Number of units of the run. */
  readonly total: number;
  /** Number of units that are neither done nor given up: others are at work on them, or have to be. */
  readonly left: number;
  /** Number of units that were given up. */
  readonly failed: number;
}

/**
 * Takes units of a run, one after the other, until none is left that nobody works on, or a stop is requested.
 * @throws UserError if the run has not been divided yet, or for what ends any process of it, such as a full disk
 */
export type WorkFunction<S extends Stage = Stage> = (context: WorkContext<S>) => Promise<WorkOutcome>;

/** The function of every stage whose runs are divided into units. */
export type WorkFunctions = { readonly [S in Stage]?: WorkFunction<S> };

/** What a process can do for a run: lead it, or take part in it. */
export interface AllStages {
  readonly stages: StageFunctions;
  readonly work: WorkFunctions;
}
