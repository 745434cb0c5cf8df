import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { adamTensors } from '../../../src/compute/optimizer/adam.ts';
import { HostAdam } from '../../../src/compute/optimizer/host-adam.ts';
import { optimizerRates } from '../../../src/compute/optimizer/optimizer-state.ts';
import * as tf from '../../../src/compute/tfjs/tf.ts';
import type { AdamOptions } from '../../../src/compute/types.ts';
import { Random } from '../../../src/data/random.ts';
import { expectClose } from '../compare.ts';

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
    const state = new HostAdam(start, options);
    slopes.forEach((slope, index) => {
      state.gradient.set(slope);
      state.update(optimizerRates(options, learningRate, index + 1));
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
      const { rate, step, scale, decay } = optimizerRates(options, learningRate, index + 1);
      const rates = {
        rate: tf.scalar(rate),
        step: tf.scalar(step),
        scale: tf.scalar(scale),
        decay: tf.scalar(decay),
      };
      state = adamTensors(state, tf.tensor1d(slope), options, rates);
    });
    expectClose(state.values.dataSync<'float32'>(), closedForm(), 1e-6, 'values');
  });

  it('moves by the learning rate at first, whatever the size of the gradient', () => {
    const plain: AdamOptions = { kind: 'adam', beta1: 0.9, beta2: 0.999 };
    const state = new HostAdam(new Float32Array(2), plain);
    state.gradient.set([1000, -0.001]);
    state.update(optimizerRates(plain, 0.1, 1));
    expect(state.values[0]).toBeCloseTo(-0.1, 4);
    expect(state.values[1]).toBeCloseTo(0.1, 4);
  });
});

/** 1000 updates of float64 numbers by the formula of Kingma and Ba 2015, algorithm 1. */
function reference(initial: Float32Array, slopeOf: (step: number) => Float32Array): Float64Array {
  const values = Float64Array.from(initial);
  const [moment1, moment2] = [new Float64Array(values.length), new Float64Array(values.length)];
  for (let step = 1; step <= 1000; step++) {
    const slope = slopeOf(step);
    for (let index = 0; index < values.length; index++) {
      moment1[index] = options.beta1 * moment1[index]! + (1 - options.beta1) * slope[index]!;
      moment2[index] = options.beta2 * moment2[index]! + (1 - options.beta2) * slope[index]! ** 2;
      const corrected1 = moment1[index]! / (1 - options.beta1 ** step);
      const corrected2 = moment2[index]! / (1 - options.beta2 ** step);
      values[index]! -=
        learningRate * (corrected1 / (Math.sqrt(corrected2) + 1e-8) + options.weightDecay! * values[index]!);
    }
  }
  return values;
}

describe('the kernel in WebAssembly, over 1000 steps', () => {
  // Not multiples of a register's four values.
  it.each([1, 3, 5, 1023, 16_385])(
    'follows the formula for %i values, with the same bits each time',
    (count) => {
      const source = new Random(count);
      const initial = source.fillNormal(new Float32Array(count));
      const slopeOf = (step: number) => new Random(step).fillNormal(new Float32Array(count));
      const run = () => {
        const state = new HostAdam(initial, options);
        for (let step = 1; step <= 1000; step++) {
          state.gradient.set(slopeOf(step));
          state.update(optimizerRates(options, learningRate, step));
        }
        return state.values;
      };
      const values = run();
      expectClose(values, Float32Array.from(reference(initial, slopeOf)), 5e-5, 'values');
      expect(run()).toEqual(values);
    },
  );
});
