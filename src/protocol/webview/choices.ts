import { WEIGHTS_KINDS, type WeightsChoice } from '../statistics.ts';
import { type LiveRun, liveRun, type ProjectTarget } from './common.ts';
import { having, list, literal, maybe, number, oneOf, type Schema, text } from './schema.ts';

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

export const conceptTarget: Schema<ConceptTarget> = having<ConceptTarget>({
  project: text,
  training: maybe(text),
  concept: maybe(text),
});

export const weightsChoice: Schema<WeightsChoice> = having<WeightsChoice>({
  kind: oneOf(WEIGHTS_KINDS),
  label: text,
  file: text,
  modified: number,
});

export const readyChoices: Schema<{ kind: 'ready' } & ConceptChoices> = having<
  { kind: 'ready' } & ConceptChoices
>({
  kind: literal('ready'),
  trainings: list(having<TrainingChoice>({ name: text, file: text })),
  concepts: list(
    having<ConceptChoice>({ name: text, prompt: text, tags: list(text), weights: list(weightsChoice) }),
  ),
  live: maybe(liveRun),
});
