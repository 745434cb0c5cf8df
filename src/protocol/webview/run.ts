import type { NotificationType, RequestType } from 'vscode-messenger-common';
import type { LogEvent, MemoryUse } from '../events.ts';
import type { RunState } from '../run.ts';
import type { Stage } from '../stages.ts';
import type { Connected, PendingState, RunReference, SaveRequest } from './common.ts';

/** The contract of the Run view: a run's progress, curves, samples and log, which grow while it is watched. */

export interface RunTarget extends RunReference {
  /** Runs whose curves are drawn over this one's, at most `MOST_OVERLAID`. */
  overlaid?: RunReference[];
}

/** Each run of a comparison has a color of its own, and a theme has six that can be told apart. */
export const MOST_OVERLAID = 5;

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
  /** The reason for this device, in words. */
  deviceReason?: string;
  /** Progress within the current part, if the run has several. */
  progress?: { message: string; done: number; total: number; unit: string; etaSeconds?: number };
  /**
   * The parts of a run of several stages: their number, and the titles of those that have started. The last title
   * belongs to the current part.
   */
  parts?: { total: number; titles: readonly string[] };
  /** Memory of the engine process in bytes; absent if the run did not record it. */
  memory?: MemoryUse;
  /** How long the run took; set once it has ended. */
  seconds?: number;
  error?: string;
  /** The error's code; runs of earlier engines have none. */
  errorCode?: string;
  /** A stop was requested and the run has not ended yet. */
  stopping: boolean;
  /** The run can continue from its checkpoint. */
  resumable: boolean;
  /** The run has measured starts, which the Compare view shows. */
  evaluated: boolean;
}

/** New points of one curve, in the order of the run. The view appends them. */
export interface CurvePoints {
  /** `loss/generator`, `quality/psnr`... */
  key: string;
  concept?: string;
  series?: string;
  step: Float64Array;
  /** Training seconds of each point; NaN if the run did not record them. */
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
  /** Milliseconds since the Unix epoch. */
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

/** A run whose curves are drawn over those of the run that the view shows. */
export interface OverlaidRun extends RunReference {
  stage: Stage;
  name: string;
  /** Milliseconds since the Unix epoch. */
  created: number;
  state: RunState;
  /** True if `curves` are complete; otherwise they contain what is new since the last update. */
  whole: boolean;
  curves: CurvePoints[];
}

/** Lines of `events.jsonl` that are not events and are left out. */
export interface DamagedLines {
  count: number;
  /** Line numbers of the first ones, from 1. */
  lines: number[];
}

/** Changes since the last update: header, damage and the list of overlaid runs are replaced, the rest is appended. */
export interface RunUpdate {
  header: RunHeader;
  curves: CurvePoints[];
  samples: RunSample[];
  log: RunLogLine[];
  artifacts: RunArtifact[];
  /** Absent if no line is damaged. */
  damaged?: DamagedLines;
  overlays: OverlaidRun[];
}

/** What a run was started with; it never changes. */
export interface RunOrigin {
  /** The training config with every default filled in, as YAML. */
  config: string;
  /** Options of the command line, as YAML; empty if there were none. */
  options: string;
  seed: number;
  /** Versions by the program's name. */
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
  /** Opens the description of an error code. */
  explain: { method: 'run/explain' } as RequestType<string, void>,
  reveal: { method: 'run/reveal' } as RequestType<void, void>,
  openArtifact: { method: 'run/openArtifact' } as RequestType<RunArtifact, void>,
  copyConfig: { method: 'run/copyConfig' } as RequestType<void, void>,
  /** Opens the events file at a line, counted from 1. */
  showEvents: { method: 'run/showEvents' } as RequestType<number, void>,
  /** Asks which runs to overlay. */
  chooseOverlaid: { method: 'run/chooseOverlaid' } as RequestType<void, void>,
  removeOverlaid: { method: 'run/removeOverlaid' } as RequestType<RunReference, void>,
  /** Saves the animation where the user chooses; false if they chose no place. */
  save: { method: 'run/save' } as RequestType<SaveRequest, boolean>,
};
