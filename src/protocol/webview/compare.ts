import {
  METHODS,
  type Measured,
  type Method,
  type SavedComparison,
  type SavedCurve,
  type SavedDistance,
  type SavedQuality,
  type SavedStarts,
} from '../comparison.ts';
import type { RunState } from '../run.ts';
import type { Stage } from '../stages.ts';
import {
  connected,
  type LiveRun,
  liveRun,
  type PendingState,
  type ProjectTarget,
  saveRequest,
  viewState,
} from './common.ts';
import {
  flag,
  having,
  list,
  literal,
  maybe,
  nothing,
  notificationType,
  number,
  oneOf,
  requestType,
  type Schema,
  tableOf,
  text,
  word,
} from './schema.ts';

/** The contract of the Compare view: what evaluations have measured, and evaluations to start. */

export interface CompareTarget extends ProjectTarget {
  concept?: string;
  /** The run whose evaluation to show first; without it, the concept's newest that succeeded. */
  runId?: string;
}

/** A run that has ended and was to evaluate a concept. */
export interface EvaluationChoice {
  runId: string;
  /** `evaluate`, or `quickstart`, which ends with an evaluation. */
  stage: Stage;
  state: RunState;
  /** Milliseconds since the Unix epoch. */
  created: number;
  /** Path of the training config, relative to the project folder. */
  training: string;
  /** The reason why the run failed. */
  error?: string;
}

/** A concept that has been evaluated or could be. */
export interface EvaluatedConcept {
  name: string;
  /** Absent if the project no longer has this concept. */
  prompt?: string;
  /** Evaluations that have ended, newest first. */
  evaluations: EvaluationChoice[];
  /** The evaluation that is under way. */
  live?: LiveRun;
}

/** Concepts with an evaluation come first, then those that are held out. */
export type CompareViewState = PendingState | { kind: 'ready'; concepts: EvaluatedConcept[] };

export const compareTarget: Schema<CompareTarget> = having<CompareTarget>({
  project: text,
  concept: maybe(text),
  runId: maybe(text),
});

const evaluation = having<EvaluationChoice>({
  runId: text,
  stage: word<Stage>(),
  state: word<RunState>(),
  created: number,
  training: text,
  error: maybe(text),
});

const state = viewState(
  having<Extract<CompareViewState, { kind: 'ready' }>>({
    kind: literal('ready'),
    concepts: list(
      having<EvaluatedConcept>({
        name: text,
        prompt: maybe(text),
        evaluations: list(evaluation),
        live: maybe(liveRun),
      }),
    ),
  }),
);

const measured: Schema<Measured> = number;
const quality = { psnr: measured, ssim: measured, l1: measured, patchFd: measured };
const distance = having<SavedDistance>({ fid: measured, kid: measured });
const method = oneOf(Object.keys(METHODS) as Method[]);

const comparison = having<SavedComparison>({
  concept: text,
  prompt: text,
  images: number,
  size: number,
  seed: number,
  device: text,
  curves: list(
    having<SavedCurve>({
      method,
      points: list(having<SavedCurve['points'][number]>({ steps: number, seconds: number, ...quality })),
      distances: maybe(
        having<{ start: SavedDistance; end: SavedDistance }>({ start: distance, end: distance }),
      ),
    }),
  ),
  starts: list(
    having<SavedStarts>({
      concept: text,
      prompt: text,
      quality: tableOf(having<SavedQuality>(quality)) as Schema<SavedStarts['quality']>,
    }),
  ),
});

export const compareView = {
  connect: requestType('compare/connect', nothing, connected(compareTarget, state)),
  stateChanged: notificationType('compare/state', state),
  /** Reads what the evaluation of this run id measured; rejects if its file is missing, damaged or foreign. */
  comparison: requestType('compare/comparison', text, comparison),
  /** Starts an evaluation of the concept of this name. */
  evaluate: requestType('compare/evaluate', text, nothing),
  /** Saves a drawing or table where the user chooses; false if they chose no place. */
  save: requestType('compare/save', saveRequest, flag),
  /** Opens the run of this id. */
  openRun: requestType('compare/openRun', text, nothing),
};
