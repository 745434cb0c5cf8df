import type { WeightsTarget, WeightsViewState } from '../../src/protocol/webview/weights.ts';

type Ready = Extract<WeightsViewState, { kind: 'ready' }>;

/** What the user has selected. */
export interface WeightsSelection {
  training: string;
  concept: string;
  /** `file` of the selected weights. */
  weights: string;
}

/**
 * The available selection closest to the one wanted: a missing training config, concept or file falls back to the
 * first. Undefined if no concept has weights.
 */
export function settle(
  state: Ready,
  target: WeightsTarget,
  wanted: Partial<WeightsSelection>,
): WeightsSelection | undefined {
  const withWeights = state.concepts.filter((concept) => concept.weights.length > 0);
  const concept =
    withWeights.find(({ name }) => name === wanted.concept) ??
    withWeights.find(({ name }) => name === target.concept) ??
    withWeights[0];
  const trainings = state.trainings.map(({ name }) => name);
  const training = [wanted.training, target.training, trainings[0]].find(
    (name) => name !== undefined && trainings.includes(name),
  );
  if (!concept || training === undefined) return undefined;
  const weights = concept.weights.find(({ file }) => file === wanted.weights) ?? concept.weights[0]!;
  return { training, concept: concept.name, weights: weights.file };
}
