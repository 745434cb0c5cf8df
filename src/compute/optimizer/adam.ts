/** Adam (Kingma and Ba 2015, algorithm 1), with AdamW's decoupled weight decay (Loshchilov and Hutter 2019). */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '../tfjs/tf.ts';
import type { AdamOptions } from '../types.ts';
import type { OptimizerRates, OptimizerState } from './optimizer-state.ts';

export const DEFAULT_EPSILON = 1e-8;

/**
 * One update on tensors: the reference, and the form that runs where the state stays on a device. On the CPU,
 * assembly/adam.ts does the same.
 */
export function adamTensors(
  state: OptimizerState,
  gradient: Tensor,
  options: AdamOptions,
  rates: OptimizerRates<Tensor>,
): OptimizerState {
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
