import { expect, it } from 'vitest';
import * as tf from '../../../src/compute/tfjs/tf.ts';
import '@tensorflow/tfjs-backend-cpu';

it('differentiates on the CPU backend', async () => {
  await tf.setBackend('cpu');
  const gradient = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2, 3]));
  expect([...gradient.dataSync()]).toEqual([2, 4, 6]);
});
