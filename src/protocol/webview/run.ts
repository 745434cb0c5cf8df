import type { LogEvent, MemoryUse } from '../events.ts';
import type { RunState } from '../run.ts';
import type { Stage } from '../stages.ts';
import { connected, type PendingState, type RunReference, saveRequest, viewState } from './common.ts';
import {
  doubles,
  exactly,
  flag,
  having,
  list,
  literal,
  maybe,
  nothing,
  notificationType,
  number,
  numbers,
  requestType,
  type Schema,
  tableOf,
  text,
  whole,
  word,
} from './schema.ts';

/** The contract of the Run view: a run's progress, curves, samples and log, which grow while it is watched. */

export interface RunTarget extends RunReference {
  /** Runs whose curves are drawn over this one's, at most `MOST_OVERLAID`. */
  overlaid?: RunReference[];
}

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

const reference = { project: text, runId: text };

export const runTarget: Schema<RunTarget> = having<RunTarget>({
  ...reference,
  overlaid: maybe(list(having<RunReference>(reference))),
});

const header = having<RunHeader>({
  runId: text,
  stage: word<Stage>(),
  name: text,
  state: word<RunState>(),
  created: number,
  training: text,
  concept: maybe(text),
  device: maybe(text),
  deviceReason: maybe(text),
  progress: maybe(
    having<NonNullable<RunHeader['progress']>>({
      message: text,
      done: number,
      total: number,
      unit: text,
      etaSeconds: maybe(number),
    }),
  ),
  parts: maybe(having<NonNullable<RunHeader['parts']>>({ total: number, titles: list(text) })),
  memory: maybe(having<MemoryUse>({ resident: number, peak: number })),
  seconds: maybe(number),
  error: maybe(text),
  errorCode: maybe(text),
  stopping: flag,
  resumable: flag,
  evaluated: flag,
});

const curves = list(
  having<CurvePoints>({
    key: text,
    concept: maybe(text),
    series: maybe(text),
    step: doubles,
    seconds: doubles,
    value: doubles,
  }),
);

const artifact = { kind: text, file: text, concept: maybe(text) };

const update = {
  header,
  curves,
  samples: list(
    having<RunSample>({ step: number, concept: maybe(text), label: text, uri: text, time: number }),
  ),
  log: list(having<RunLogLine>({ time: number, level: word<RunLogLine['level']>(), message: text })),
  artifacts: list(having<RunArtifact>(artifact)),
  damaged: maybe(having<DamagedLines>({ count: number, lines: numbers })),
  overlays: list(
    having<OverlaidRun>({
      ...reference,
      stage: word<Stage>(),
      name: text,
      created: number,
      state: word<RunState>(),
      whole: flag,
      curves,
    }),
  ),
};

const state = viewState(
  having<Extract<RunViewState, { kind: 'ready' }>>({
    kind: literal('ready'),
    origin: having<RunOrigin>({ config: text, options: text, seed: number, versions: tableOf(text) }),
    ...update,
  }),
);

export const runView = {
  connect: requestType('run/connect', nothing, connected(runTarget, state)),
  /** The whole view changed (the run folder was deleted, or is readable now). */
  stateChanged: notificationType('run/state', state),
  updated: notificationType('run/updated', having<RunUpdate>(update)),
  stop: requestType('run/stop', nothing, nothing),
  resume: requestType('run/resume', nothing, nothing),
  showComparison: requestType('run/showComparison', nothing, nothing),
  showLog: requestType('run/showLog', nothing, nothing),
  /** Opens the description of an error code. */
  explain: requestType('run/explain', text, nothing),
  reveal: requestType('run/reveal', nothing, nothing),
  openArtifact: requestType('run/openArtifact', exactly<RunArtifact>(artifact), nothing),
  copyConfig: requestType('run/copyConfig', nothing, nothing),
  /** Opens the events file at a line, counted from 1. */
  showEvents: requestType('run/showEvents', whole(1), nothing),
  /** Asks which runs to overlay. */
  chooseOverlaid: requestType('run/chooseOverlaid', nothing, nothing),
  removeOverlaid: requestType('run/removeOverlaid', having<RunReference>(reference), nothing),
  /** Saves the animation where the user chooses; false if they chose no place. */
  save: requestType('run/save', saveRequest, flag),
};
