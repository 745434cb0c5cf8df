import '@tensorflow/tfjs-backend-cpu';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { layoutOf, sizeOf } from '../../../src/compute/layout.ts';
import { lower } from '../../../src/compute/lower/lower.ts';
import { PORTABLE } from '../../../src/compute/lower/target.ts';
import * as tf from '../../../src/compute/tfjs/tf.ts';
import { compile } from '../../../src/compute/trace/compile.ts';
import type { StepDefinition, StepScope, TensorSpec } from '../../../src/compute/types.ts';
import { smallStep } from '../small-step.ts';

function step(inputs: Record<string, TensorSpec>, run: (scope: StepScope) => Tensor): StepDefinition {
  return { name: 'test', parameters: {}, inputs, run: (scope) => ({ outputs: { value: run(scope) } }) };
}

function kernels(definition: StepDefinition): string[] {
  return compile(definition).step.graph.nodes.map(({ kernel }) => kernel);
}

function operators(definition: StepDefinition): string[] {
  return lower(compile(definition).step, definition.parameters, PORTABLE).graph.nodes.map(({ op }) => op);
}

function count(names: readonly string[], name: string): number {
  return names.filter((other) => other === name).length;
}

const image = { x: { shape: [1, 8, 8, 4] } };

describe('tracing', () => {
  it('says where a tensor was read', () => {
    const definition = step(image, ({ inputs }) => {
      inputs.x!.dataSync();
      return inputs.x!;
    });
    expect(() => compile(definition)).toThrow(/values were read while the step was traced/);
  });

  it('names a kernel without a rule and the op that called it', () => {
    const definition = step({ x: { shape: [4] } }, ({ inputs }) => tf.atanh(inputs.x!));
    expect(() => compile(definition)).toThrow('Kernel Atanh, called by tf.atanh, has no lowering rule.');
  });

  it('leaves no tensors behind and the former backend in place', async () => {
    await tf.setBackend('cpu');
    const before = tf.memory().numTensors;
    compile(smallStep);
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.getBackend()).toBe('cpu');
    const failing = step(image, () => {
      throw new Error('in the step');
    });
    expect(() => compile(failing)).toThrow('in the step');
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes in tensors that were made outside', async () => {
    await tf.setBackend('cpu');
    const outside = tf.tensor1d([1, 2, 3, 4]);
    expect(kernels(step({ x: { shape: [4] } }, ({ inputs }) => tf.add(inputs.x!, outside)))).toEqual([
      '$input',
      '$constant',
      'Add',
    ]);
    outside.dispose();
  });
});

describe('simplification', () => {
  it('shares what is computed twice', () => {
    // The generator's two, the discriminator's two on real and on generated images, and the input gradient
    // of the transposed convolution, though the function runs the generator five times.
    expect(count(kernels(smallStep), 'Conv2D')).toBe(2 + 2 + 2 + 1);
  });

  it('drops what changes nothing', () => {
    const definition = step(image, ({ inputs }) => {
      const x = inputs.x!;
      const same = tf.reshape(
        tf.div(tf.sub(tf.add(tf.mul(x, tf.onesLike(x)), 0), tf.zerosLike(x)), 1),
        x.shape,
      );
      return tf.relu(same);
    });
    expect(kernels(definition)).toEqual(['$input', 'Relu']);
  });

  it('computes on small tensors what is broadcast later', () => {
    const definition = step(image, ({ inputs }) => {
      const [gradient] = tf.grads((x: Tensor) => tf.mean(tf.square(tf.mean(x, [1, 2]))))([inputs.x!]);
      return gradient!;
    });
    const { graph } = compile(definition).step;
    const large = graph.nodes.filter(({ outputs }) => graph.type(outputs[0]!).shape.join() === '1,8,8,4');
    expect(large.map(({ kernel }) => kernel)).toEqual(['$input', 'BroadcastTo']);
  });

  it('knows the shape of a sum of many whose first operand is broadcast', () => {
    const inputs = { small: { shape: [1, 3] }, large: { shape: [4, 3] } };
    const { graph } = compile(
      step(inputs, ({ inputs: { small, large } }) => tf.addN([tf.broadcastTo(small!, [4, 3]), large!])),
    ).step;
    const sum = graph.nodes.at(-1)!;
    expect(sum.kernel).toBe('AddN');
    expect(graph.type(sum.outputs[0]!).shape).toEqual([4, 3]);
  });

  it('removes what nothing needs', () => {
    const definition = step(image, ({ inputs }) => {
      tf.exp(inputs.x!);
      return tf.neg(inputs.x!);
    });
    expect(kernels(definition)).toEqual(['$input', 'Neg']);
  });
});

describe('lowering', () => {
  it('converts the layout once on the way in and once on the way out', () => {
    const definition: StepDefinition = {
      name: 'test',
      parameters: { net: layoutOf({ a: [3, 3, 4, 4], b: [3, 3, 4, 4], bias: [4] }) },
      inputs: image,
      run: ({ parameters, inputs }) => {
        const { a, b, bias } = parameters.net!;
        const first = tf.relu(tf.add(tf.conv2d(inputs.x as Tensor4D, a as Tensor4D, 1, 'same'), bias!));
        const padded = tf.pad(first, [
          [0, 0],
          [1, 1],
          [1, 1],
          [0, 0],
        ]);
        return { outputs: { value: tf.conv2d(padded as Tensor4D, b as Tensor4D, 1, 'valid') } };
      },
    };
    // Two for the image, one for each filter.
    expect(count(operators(definition), 'Transpose')).toBe(4);
  });

  it('returns the gradient of each parameter, without a copy at the end', () => {
    const { graph, gradients } = lower(compile(smallStep).step, smallStep.parameters, PORTABLE);
    for (const { group, parameter, name, dims } of gradients) {
      expect(smallStep.parameters[group]!.entries).toContain(parameter);
      expect(sizeOf(dims)).toBe(parameter.size);
      expect(graph.outputs).toContainEqual({ name, dtype: 'float32', dims });
    }
    const { generator, discriminator } = smallStep.parameters;
    expect(gradients).toHaveLength(generator!.entries.length + discriminator!.entries.length);
    const outputs = new Set(gradients.map(({ name }) => name));
    const sources = graph.nodes
      .filter((node) => outputs.has(node.outputs[0]!))
      .map(({ inputs }) => inputs[0]!);
    const large = graph.nodes.filter((node) => node.op === 'Gemm' && sources.includes(node.outputs[0]!));
    expect(large).toHaveLength(1);
  });

  it('is the same every time', () => {
    const text = () =>
      JSON.stringify(lower(compile(smallStep).step, smallStep.parameters, PORTABLE).graph.nodes);
    expect(text()).toBe(text());
  });

  it('says which gradient is missing', () => {
    const definition: StepDefinition = {
      ...smallStep,
      run: (scope) => ({ ...smallStep.run(scope), gradients: { generator: {} } }),
    };
    expect(() => lower(compile(definition).step, definition.parameters, PORTABLE)).toThrow(
      /no gradient for generator\/down/,
    );
  });
});
