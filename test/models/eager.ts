import '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import { viewParameters } from '../../src/compute/layout.ts';
import * as tf from '../../src/compute/tfjs/tf.ts';
import type { ParameterLayout, StepDefinition, StepInputs, Tensors } from '../../src/compute/types.ts';
import { Random } from '../../src/data/random.ts';

/** Named tensors of a flat vector. */
export function tensorsOf(layout: ParameterLayout, values: Float32Array): Tensors {
  const views = viewParameters(layout, values);
  return Object.fromEntries(
    layout.entries.map(({ name, shape }) => [name, tf.tensor(views[name]!, [...shape], 'float32')]),
  );
}

export function normalValues(size: number, seed: number, std = 1): Float32Array {
  return new Random(seed).fillNormal(new Float32Array(size), std);
}

/** Images [count, side, side, 3] with values within [-1, 1]. */
export function randomImages(count: number, side: number, seed: number): Float32Array {
  return normalValues(count * side * side * 3, seed).map((value) => Math.tanh(value));
}

export interface EagerResult {
  outputs: Record<string, Float32Array>;
  /** Flat, by group. */
  gradients: Record<string, Float32Array>;
}

/** Runs a step on tfjs's CPU backend, without any executor. */
export function runEagerly(
  definition: StepDefinition,
  values: Readonly<Record<string, Float32Array>>,
  inputs: StepInputs,
): EagerResult {
  return tf.tidy(() => {
    const group = (layout: ParameterLayout, flat: Float32Array) => tensorsOf(layout, flat);
    const { outputs, gradients = {} } = definition.run({
      parameters: Object.fromEntries(
        Object.entries(definition.parameters).map(([name, layout]) => [name, group(layout, values[name]!)]),
      ),
      constants: Object.fromEntries(
        Object.entries(definition.constants ?? {}).map(([name, c]) => [name, group(c.layout, c.values)]),
      ),
      inputs: Object.fromEntries(
        Object.entries(definition.inputs).map(([name, { shape, dtype }]) => [
          name,
          tf.tensor(inputs[name]!, [...shape], dtype ?? 'float32'),
        ]),
      ),
    });
    const read = (tensor: Tensor) => new Float32Array(tensor.dataSync());
    return {
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, read(tensor)])),
      gradients: Object.fromEntries(
        Object.entries(gradients).map(([name, tensors]) => {
          const layout = definition.parameters[name]!;
          const flat = new Float32Array(layout.size);
          for (const entry of layout.entries) flat.set(read(tensors[entry.name]!), entry.offset);
          return [name, flat];
        }),
      ),
    };
  });
}
