import type { NotificationType, RequestType } from 'vscode-messenger-common';
import type { SavedComparison } from '../comparison.ts';
import type { RunState } from '../run.ts';
import type { Stage } from '../stages.ts';
import type { Connected, LiveRun, PendingState, ProjectTarget, SaveRequest } from './common.ts';

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

export const compareView = {
  connect: { method: 'compare/connect' } as RequestType<void, Connected<CompareTarget, CompareViewState>>,
  stateChanged: { method: 'compare/state' } as NotificationType<CompareViewState>,
  /** Reads what the evaluation of this run id measured; rejects if its file is missing, damaged or foreign. */
  comparison: { method: 'compare/comparison' } as RequestType<string, SavedComparison>,
  /** Starts an evaluation of the concept of this name. */
  evaluate: { method: 'compare/evaluate' } as RequestType<string, void>,
  /** Saves a drawing or table where the user chooses; false if they chose no place. */
  save: { method: 'compare/save' } as RequestType<SaveRequest, boolean>,
  /** Opens the run of this id. */
  openRun: { method: 'compare/openRun' } as RequestType<string, void>,
};
