import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { adamInPlace, adamRates, adamTensors } from '../../src/compute/adam.ts';
import * as tf from '../../src/compute/tf.ts';
import type { AdamOptions } from '../../src/compute/types.ts';
import { Random } from '../../src/data/random.ts';
import { expectClose } from './compare.ts';

const options: AdamOptions = { kind: 'adam', beta1: 0.5, beta2: 0.999, weightDecay: 0.02 };
const learningRate = 0.01;
const length = 40;
const steps = 6;

const random = new Random(5);
const start = random.fillNormal(new Float32Array(length));
const slopes = Array.from({ length: steps }, () => random.fillNormal(new Float32Array(length)));

/** Algorithm 2 of Loshchilov and Hutter 2019, moments as sums over all gradients so far, in float64. */
function closedForm(): Float32Array {
  const values = Float64Array.from(start);
  for (let step = 1; step <= steps; step++) {
    for (let index = 0; index < length; index++) {
      let [moment1, moment2] = [0, 0];
      for (let past = 1; past <= step; past++) {
        const slope = slopes[past - 1]![index]!;
        moment1 += (1 - options.beta1) * options.beta1 ** (step - past) * slope;
        moment2 += (1 - options.beta2) * options.beta2 ** (step - past) * slope ** 2;
      }
      const corrected1 = moment1 / (1 - options.beta1 ** step);
      const corrected2 = moment2 / (1 - options.beta2 ** step);
      const direction = corrected1 / (Math.sqrt(corrected2) + 1e-8) + options.weightDecay! * values[index]!;
      values[index] = values[index]! - learningRate * direction;
    }
  }
  return Float32Array.from(values);
}

describe('Adam', () => {
  it('in place follows the closed form', () => {
    const state = {
      values: start.slice(),
      moment1: new Float32Array(length),
      moment2: new Float32Array(length),
    };
    slopes.forEach((slope, index) => {
      adamInPlace(state, slope, options, adamRates(options, learningRate, index + 1));
    });
    expectClose(state.values, closedForm(), 1e-6, 'values');
  });

  it('as tensors follows the closed form', async () => {
    await tf.setBackend('cpu');
    let state = {
      values: tf.tensor1d(start),
      moment1: tf.zeros([length]),
      moment2: tf.zeros([length]),
    } as Parameters<typeof adamTensors>[0];
    slopes.forEach((slope, index) => {
      const { step, scale, decay } = adamRates(options, learningRate, index + 1);
      const rates = { step: tf.scalar(step), scale: tf.scalar(scale), decay: tf.scalar(decay) };
      state = adamTensors(state, tf.tensor1d(slope), options, rates);
    });
    expectClose(state.values.dataSync<'float32'>(), closedForm(), 1e-6, 'values');
  });

  it('moves by the learning rate at first, whatever the size of the gradient', () => {
    const state = { values: new Float32Array(2), moment1: new Float32Array(2), moment2: new Float32Array(2) };
    const plain: AdamOptions = { kind: 'adam', beta1: 0.9, beta2: 0.999 };
    adamInPlace(state, Float32Array.of(1000, -0.001), plain, adamRates(plain, 0.1, 1));
    expect(state.values[0]).toBeCloseTo(-0.1, 4);
    expect(state.values[1]).toBeCloseTo(0.1, 4);
  });
});
