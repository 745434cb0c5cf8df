/**
 * Muon (Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks"): an update has the directions of
 * a weight matrix's momentum, with all singular values made equal. It is scaled as in Liu et al. 2025 ("Muon is
 * scalable for LLM training", equation 4), so that learning rates have Adam's order of magnitude. Parameters that are
 * not matrices take Adam's steps.
 */
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '../tfjs/tf.ts';
import type { MuonOptions, ParameterEntry, ParameterLayout } from '../types.ts';
import { adamTensors } from './adam.ts';
import type { OptimizerRates, OptimizerState } from './optimizer-state.ts';

/** Smallest number of rows and of columns (last axis against all others) of a parameter that counts as a matrix. */
const MIN_SIDE = 6;
/** Root mean square of an update at a learning rate of 1. */
const UPDATE_SIZE = 0.2;
/** Newton-Schulz iteration of degree five: x -> a x + b x³ + c x⁵ on every singular value, from (0, 1] to about 1. */
const [A, B, C] = [3.4445, -4.775, 2.0315] as const;
const ITERATIONS = 5;
const TINY = 1e-12;

interface Matrix {
  readonly entry: ParameterEntry;
  readonly rows: number;
  readonly columns: number;
}

function matrixOf(entry: ParameterEntry): Matrix | undefined {
  if (entry.shape.length < 2) return undefined;
  const columns = entry.shape.at(-1)!;
  const rows = entry.size / columns;
  return Math.min(rows, columns) < MIN_SIDE ? undefined : { entry, rows, columns };
}

/**
 * The nearest orthogonal matrix, U V*, to each matrix U S V* of a stack. Singular values come out between about 0.7 and
 * 1.2.
 * @param matrices [k, m, n], m <= n
 */
export function orthogonalized(matrices: Tensor3D): Tensor3D {
  const norm = tf.sqrt(tf.sum(tf.square(matrices), [1, 2], true));
  let x = tf.div(matrices, tf.add(norm, TINY)) as Tensor3D;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const gram = tf.matMul(x, x, false, true);
    const polynomial = tf.add(tf.mul(gram, B), tf.mul(tf.matMul(gram, gram), C)) as Tensor3D;
    x = tf.add(tf.mul(x, A), tf.matMul(polynomial, x)) as Tensor3D;
  }
  return x;
}

/**
 * Orthogonalizes every matrix of a flat vector, all of one shape at once.
 * @returns flat updates by parameter name
 */
function matrixUpdates(flat: Tensor, matrices: readonly Matrix[]): Map<string, Tensor> {
  const byShape = new Map<string, Matrix[]>();
  for (const matrix of matrices) {
    const shape = `${matrix.rows}x${matrix.columns}`;
    byShape.set(shape, [...(byShape.get(shape) ?? []), matrix]);
  }
  const updates = new Map<string, Tensor>();
  for (const alike of byShape.values()) {
    const { rows, columns } = alike[0]!;
    const tall = rows > columns;
    const stack = tf.concat(
      alike.map(({ entry }) => tf.reshape(tf.slice(flat, [entry.offset], [entry.size]), [1, rows, columns])),
    ) as Tensor3D;
    const wide = orthogonalized(tall ? (tf.transpose(stack, [0, 2, 1]) as Tensor3D) : stack);
    const sized = tf.mul(
      tall ? tf.transpose(wide, [0, 2, 1]) : wide,
      UPDATE_SIZE * Math.sqrt(Math.max(rows, columns)),
    );
    for (const [index, { entry }] of alike.entries()) {
      updates.set(entry.name, tf.reshape(tf.slice(sized, [index, 0, 0], [1, rows, columns]), [entry.size]));
    }
  }
  return updates;
}

/**
 * One update on tensors.
 * @param gradient [layout.size], as are the state's vectors
 */
export function muonTensors(
  state: OptimizerState,
  gradient: Tensor,
  layout: ParameterLayout,
  options: MuonOptions,
  rates: OptimizerRates<Tensor>,
): OptimizerState {
  const adam = adamTensors(state, gradient, { ...options, kind: 'adam' }, rates);
  const matrices = layout.entries.flatMap((entry) => matrixOf(entry) ?? []);
  if (matrices.length === 0) return adam;
  // Nesterov's momentum: a step ahead of the mean of the gradients.
  const ahead = tf.add(tf.mul(adam.moment1, options.beta1), tf.mul(gradient, 1 - options.beta1));
  const updates = matrixUpdates(ahead, matrices);
  const kept = tf.sub(state.values, tf.mul(state.values, rates.decay));
  const values = layout.entries.map(({ name, offset, size }) => {
    const update = updates.get(name);
    if (!update) return tf.slice(adam.values, [offset], [size]);
    return tf.sub(tf.slice(kept, [offset], [size]), tf.mul(update, rates.rate));
  });
  return { ...adam, values: tf.concat(values) };
}
