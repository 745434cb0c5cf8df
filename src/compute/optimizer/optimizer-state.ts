/** What optimizers have in common: the vectors they keep and the numbers that drive a step. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { OptimizerOptions } from '../types.ts';

export const STATE_PARTS = ['values', 'moment1', 'moment2'] as const;
export type StatePart = (typeof STATE_PARTS)[number];
/** A trained group's vectors, all of one length. */
export type OptimizerState = Readonly<Record<StatePart, Tensor>>;

export const RATE_PARTS = ['rate', 'step', 'scale', 'decay'] as const;
type RatePart = (typeof RATE_PARTS)[number];
/**
 * The numbers that change from step to step, the same for every implementation. `rate`: the learning rate; `step`: the
 * learning rate over the first moment's bias correction, 1 - beta1^t; `scale`: 1 over the root of the second moment's,
 * 1 - beta2^t; `decay`: learning rate times weight decay.
 */
export type OptimizerRates<Value = number> = Readonly<Record<RatePart, Value>>;

/** @param stepCount number of this update, from 1 */
export function optimizerRates(
  { beta1, beta2, weightDecay = 0 }: OptimizerOptions,
  learningRate: number,
  stepCount: number,
): OptimizerRates {
  return {
    rate: learningRate,
    step: learningRate / (1 - beta1 ** stepCount),
    scale: 1 / Math.sqrt(1 - beta2 ** stepCount),
    decay: learningRate * weightDecay,
  };
}
