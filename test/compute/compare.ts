/** Runs one function twice: traced, lowered and run by ONNX Runtime, and eagerly on tfjs's CPU backend. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { selectDevice } from '../../src/compute/devices.ts';
import { createExecutor } from '../../src/compute/executor.ts';
import { sizeOf } from '../../src/compute/layout.ts';
import * as tf from '../../src/compute/tfjs/tf.ts';
import type { DeviceReport, StepDefinition, TensorSpec } from '../../src/compute/types.ts';
import { Random } from '../../src/data/random.ts';

export type Operation = (...inputs: Tensor[]) => Tensor;

export interface Comparison {
  readonly inputs: readonly (TensorSpec & {
    readonly values?: readonly number[];
    readonly positive?: boolean;
  })[];
  readonly run: Operation;
  /** Compare the gradient with respect to each float input too. Default true. */
  readonly gradient?: boolean;
  /** Largest difference allowed, relative to the largest value of the tensor and at least absolute. */
  readonly tolerance?: number;
}

/** The step that returns an operation's value and the gradient of a weighted sum of it. */
function definitionOf({ inputs, run, gradient = true }: Comparison): StepDefinition {
  const specs = Object.fromEntries(
    inputs.map(({ shape, dtype }, index) => [`x${index}`, { shape, dtype: dtype ?? 'float32' }] as const),
  );
  return {
    name: 'comparison',
    parameters: {},
    inputs: specs,
    run: ({ inputs: given }) => {
      const tensors = inputs.map((_, index) => given[`x${index}`]!);
      const outputs: Record<string, Tensor> = { value: run(...tensors) };
      if (gradient) {
        const floats = inputs.flatMap(({ dtype }, index) => (dtype === 'int32' ? [] : [index]));
        const loss = (...values: Tensor[]) => {
          const all = tensors.map((tensor, index) => values[floats.indexOf(index)] ?? tensor);
          const value = run(...all);
          // Weights that differ from value to value: a constant weight would hide misplaced gradients.
          const weights = tf.reshape(tf.sin(tf.range(1, sizeOf(value.shape) + 1)), value.shape);
          return tf.sum(tf.mul(value, weights));
        };
        tf.grads(loss)(floats.map((index) => tensors[index]!)).forEach((tensor, index) => {
          outputs[`gradient${floats[index]}`] = tensor;
        });
        outputs.loss = loss(...floats.map((index) => tensors[index]!));
      }
      return { outputs };
    },
  };
}

export async function report(device: 'cpu' | 'tfjs'): Promise<DeviceReport> {
  return selectDevice(device, 2);
}

export function expectClose(
  found: Float32Array,
  wanted: Float32Array,
  tolerance: number,
  what: string,
): void {
  expect(found.length, what).toBe(wanted.length);
  const scale = Math.max(1, ...wanted.map(Math.abs));
  for (let index = 0; index < wanted.length; index++) {
    const difference = Math.abs(found[index]! - wanted[index]!);
    if (!(difference <= tolerance * scale)) {
      expect.fail(`${what}[${index}]: found ${found[index]}, wanted ${wanted[index]}`);
    }
  }
}

type Inputs = Record<string, Float32Array | Int32Array>;

function randomInputs(comparison: Comparison, seed: number): Inputs {
  const random = new Random(seed);
  return Object.fromEntries(
    comparison.inputs.map(({ shape, dtype, values, positive }, index) => {
      const data = values
        ? dtype === 'int32'
          ? Int32Array.from(values)
          : Float32Array.from(values)
        : random.fillNormal(new Float32Array(sizeOf(shape)));
      return [`x${index}`, positive ? data.map((value) => Math.abs(value) + 0.2) : data];
    }),
  );
}

/** The ONNX Runtime executor against tfjs's CPU backend: the value and, unless told otherwise, every gradient. */
export async function compareWithTfjs(comparison: Comparison, seed: number): Promise<void> {
  const inputs = randomInputs(comparison, seed);
  const definition = definitionOf(comparison);
  const results = [];
  for (const device of ['cpu', 'tfjs'] as const) {
    const executor = await createExecutor(definition, { device: await report(device), values: {} });
    results.push(await executor.run(inputs));
    await executor.dispose();
  }
  const [found, wanted] = results as [Record<string, Float32Array>, Record<string, Float32Array>];
  for (const name of Object.keys(wanted)) {
    // A sum of both signs, which differs by the rounding of its terms; there for `compareWithDifferences`.
    if (name === 'loss') continue;
    expectClose(found[name]!, wanted[name]!, comparison.tolerance ?? 2e-5, name);
  }
}

/** Gradients against central differences of the loss, for kernels whose gradient tfjs has wrong. */
export async function compareWithDifferences(comparison: Comparison, seed: number): Promise<void> {
  const inputs = randomInputs(comparison, seed);
  const executor = await createExecutor(definitionOf(comparison), {
    device: await report('cpu'),
    values: {},
  });
  const first = (await executor.run(inputs)).gradient0!;
  const x = inputs.x0 as Float32Array;
  // Exact for linear functions, whatever the step.
  const step = 0.5;
  const differences = new Float32Array(x.length);
  for (let index = 0; index < x.length; index++) {
    const value = x[index]!;
    const at = async (shifted: number) => {
      x[index] = shifted;
      return (await executor.run(inputs)).loss![0]!;
    };
    differences[index] = ((await at(value + step)) - (await at(value - step))) / (2 * step);
    x[index] = value;
  }
  await executor.dispose();
  expectClose(first, differences, comparison.tolerance ?? 1e-4, 'gradient');
}
