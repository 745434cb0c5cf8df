import type { WeightsChoice } from '../statistics.ts';
import type { LiveRun, ProjectTarget } from './common.ts';

/** The choices that the Weights and Translate views offer. */

/** What to show first; the view chooses whatever is absent. */
export interface ConceptTarget extends ProjectTarget {
  training?: string;
  concept?: string;
}

/** A training config under which concepts have weights. */
export interface TrainingChoice {
  name: string;
  /** Relative to the project folder, with forward slashes. */
  file: string;
}

/** A concept with its weights under each training config. */
export interface ConceptChoice {
  name: string;
  prompt: string;
  tags: string[];
  weights: WeightsChoice[];
}

export interface ConceptChoices {
  trainings: TrainingChoice[];
  concepts: ConceptChoice[];
  live?: LiveRun;
}
