/** Adam (Kingma and Ba 2015, algorithm 1), with AdamW's decoupled weight decay (Loshchilov and Hutter 2019). */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from './tf.ts';
import type { AdamOptions } from './types.ts';

export const DEFAULT_EPSILON = 1e-8;

/** A trained group's resident vectors, all of one length. */
type AdamState = Readonly<Record<'values' | 'moment1' | 'moment2', Tensor>>;

/** What changes from step to step: the same four numbers drive every implementation. */
export interface AdamRates {
  /** Learning rate over the first moment's bias correction, 1 - beta1^t. */
  readonly step: number;
  /** 1 over the root of the second moment's bias correction, 1 - beta2^t. */
  readonly scale: number;
  /** Learning rate times weight decay. */
  readonly decay: number;
}

/** @param stepCount number of this update, from 1 */
export function adamRates(options: AdamOptions, learningRate: number, stepCount: number): AdamRates {
  return {
    step: learningRate / (1 - options.beta1 ** stepCount),
    scale: 1 / Math.sqrt(1 - options.beta2 ** stepCount),
    decay: learningRate * (options.weightDecay ?? 0),
  };
}

/**
 * One update as tensors: the reference, and what engines that keep the state on a device run. On the CPU the same is
 * done by assembly/adam.ts. `rates` holds scalars.
 */
export function adamTensors(
  state: AdamState,
  gradient: Tensor,
  options: AdamOptions,
  rates: Readonly<Record<keyof AdamRates, Tensor>>,
): AdamState {
  const epsilon = options.epsilon ?? DEFAULT_EPSILON;
  const moment1 = tf.add(tf.mul(state.moment1, options.beta1), tf.mul(gradient, 1 - options.beta1));
  const moment2 = tf.add(
    tf.mul(state.moment2, options.beta2),
    tf.mul(tf.square(gradient), 1 - options.beta2),
  );
  const direction = tf.div(moment1, tf.add(tf.mul(tf.sqrt(moment2), rates.scale), epsilon));
  const decayed = tf.sub(state.values, tf.mul(state.values, rates.decay));
  return { values: tf.sub(decayed, tf.mul(direction, rates.step)), moment1, moment2 };
}
