import '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as tf from '../../src/compute/tfjs/tf.ts';
import { gelu, silu } from '../../src/models/layers.ts';

/** The error function by its series, in float64: right to 1e-12 for the arguments here. */
function erf(x: number): number {
  let [sum, term] = [x, x];
  for (let n = 1; n < 120; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const FUNCTIONS: Record<string, { tensor: (x: Tensor) => Tensor; exact: (x: number) => number }> = {
  gelu: { tensor: gelu, exact: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)) },
  silu: { tensor: silu, exact: (x) => x / (1 + Math.exp(-x)) },
  'leaky ReLU': { tensor: (x) => tf.leakyRelu(x, 0.2), exact: (x) => (x > 0 ? x : 0.2 * x) },
};

describe.each(Object.entries(FUNCTIONS))('%s', (_name, { tensor, exact }) => {
  it('and its gradient follow the definition', async () => {
    await tf.setBackend('cpu');
    const points = Float32Array.from({ length: 41 }, (_, index) => (index - 20) / 5 + 0.03);
    const x = tf.tensor1d(points);
    const values = tensor(x).dataSync();
    const gradients = tf
      .grad((z: Tensor) => tf.sum(tensor(z)))(x)
      .dataSync();
    const h = 1e-5;
    for (const [index, point] of points.entries()) {
      expect(values[index]).toBeCloseTo(exact(point), 5);
      expect(gradients[index]).toBeCloseTo((exact(point + h) - exact(point - h)) / (2 * h), 5);
    }
  });
});
