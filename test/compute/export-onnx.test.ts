import '@tensorflow/tfjs-backend-cpu';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/compute/executor.ts';
import { onnxModel } from '../../src/compute/export-onnx.ts';
import { layoutOf, sizeOf } from '../../src/compute/layout.ts';
import type { BatchExtents } from '../../src/compute/onnx/open-size.ts';
import { ort } from '../../src/compute/onnx/runtime.ts';
import * as tf from '../../src/compute/tfjs/tf.ts';
import type { StepDefinition } from '../../src/compute/types.ts';
import { Random } from '../../src/data/random.ts';
import { expectClose, report } from './compare.ts';

const SIDES = { multiple: 2, least: 4 };
const sizes = {
  parameters: { generator: layoutOf({ first: [3, 3, 3, 8], second: [3, 3, 3, 8], shift: [3] }) },
};

/** A convolution, its transpose, and a sum over all pixels by a product: extents in reshapes and in a constant. */
const at = ({ count, height, width }: BatchExtents): StepDefinition => ({
  name: 'small-generator',
  ...sizes,
  inputs: { source: { shape: [count, height, width, 3] }, tone: { shape: [3] } },
  run: ({ parameters, inputs }) => {
    const { first, second, shift } = parameters.generator!;
    const down = tf.relu(tf.conv2d(inputs.source as Tensor4D, first as Tensor4D, 2, 'same'));
    const pixels = tf.reshape(down, [count, (height * width) / 4, 8]);
    const mean = tf.matMul(tf.fill([count, 1, (height * width) / 4], 0.01), pixels);
    const shifted = tf.add(down, tf.reshape(mean, [count, 1, 1, 8])) as Tensor4D;
    const up = tf.conv2dTranspose(shifted, second as Tensor4D, [count, height, width, 3], 2, 'same');
    return { outputs: { image: tf.tanh(tf.add(tf.add(up, shift!), inputs.tone!)) } };
  },
});

const planes = (pixels: Float32Array, [n, h, w]: readonly [number, number, number]) =>
  tf.tidy(() => Float32Array.from(tf.transpose(tf.tensor4d(pixels, [n, h, w, 3]), [0, 3, 1, 2]).dataSync()));
const pixelsOf = (channels: Float32Array, [n, h, w]: readonly [number, number, number]) =>
  tf.tidy(() =>
    Float32Array.from(tf.transpose(tf.tensor4d(channels, [n, 3, h, w]), [0, 2, 3, 1]).dataSync()),
  );

describe('a stand-alone model', () => {
  it('computes for every size in NCHW what the step computes in NHWC', async () => {
    const random = new Random(3);
    const generator = random.fillNormal(new Float32Array(sizes.parameters.generator.size), 0.3);
    const tone = Float32Array.of(0.1, -0.2, 0.3);
    const model = onnxModel(
      at,
      { generator },
      {
        sides: SIDES,
        fixedInputs: { tone },
        metadata: { concept: 'sepia' },
      },
    );
    const session = await ort.InferenceSession.create(model);
    expect(session.inputNames).toEqual(['image']);
    expect(session.outputNames).toEqual(['result']);
    for (const [count, height, width] of [
      [2, 8, 6],
      [1, 4, 30],
      [3, 12, 12],
    ] as const) {
      const extents = [count, height, width] as const;
      const source = random.fillNormal(new Float32Array(sizeOf([...extents, 3])));
      const { result } = await session.run({
        image: new ort.Tensor('float32', planes(source, extents), [count, 3, height, width]),
      });
      expect(result!.dims).toEqual([count, 3, height, width]);
      const executor = await createExecutor(at({ count, height, width }), {
        device: await report('tfjs'),
        values: { generator },
      });
      const { image } = await executor.run({ source, tone });
      expectClose(pixelsOf(result!.data as Float32Array, extents), image!, 1e-5, 'image');
      await executor.dispose();
    }
    await session.release();
  });

  it('repeats the edges of images that the strides do not divide, and cuts the result', async () => {
    const random = new Random(4);
    const generator = random.fillNormal(new Float32Array(sizes.parameters.generator.size), 0.3);
    const tone = Float32Array.of(0, 0, 0);
    const model = onnxModel(at, { generator }, { sides: SIDES, fixedInputs: { tone } });
    const session = await ort.InferenceSession.create(model);
    const small = random.fillNormal(new Float32Array(3 * 5 * 3));
    // 3 rows become 4, 5 columns become 6.
    const padded = new Float32Array(4 * 6 * 3);
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 6; x++)
        for (let c = 0; c < 3; c++)
          padded[(y * 6 + x) * 3 + c] = small[(Math.min(y, 2) * 5 + Math.min(x, 4)) * 3 + c]!;
    const { result } = await session.run({
      image: new ort.Tensor('float32', planes(small, [1, 3, 5]), [1, 3, 3, 5]),
    });
    const executor = await createExecutor(at({ count: 1, height: 4, width: 6 }), {
      device: await report('tfjs'),
      values: { generator },
    });
    const { image } = await executor.run({ source: padded, tone });
    const expected = Float32Array.from({ length: 3 * 5 * 3 }, (_, i) => {
      const [y, x, c] = [Math.floor(i / 15), Math.floor(i / 3) % 5, i % 3];
      return image![(y * 6 + x) * 3 + c]!;
    });
    expectClose(pixelsOf(result!.data as Float32Array, [1, 3, 5]), expected, 1e-5, 'image');
    await executor.dispose();
    await session.release();
  });

  it('refuses a step with a table that depends on the size', () => {
    const tabled = ({ count, height, width }: BatchExtents): StepDefinition => ({
      name: 'tabled',
      parameters: {},
      inputs: { source: { shape: [count, height, width, 3] } },
      run: ({ inputs }) => {
        const table = Float32Array.from({ length: width * 3 }, (_, i) => i);
        return { outputs: { image: tf.add(inputs.source!, tf.tensor3d(table, [1, width, 3])) } };
      },
    });
    expect(() => onnxModel(tabled, {}, { sides: SIDES })).toThrow(/constant of Add .* depends on the size/);
  });

  it('names what is missing', () => {
    const generator = new Float32Array(sizes.parameters.generator.size);
    expect(() => onnxModel(at, { generator }, { sides: SIDES })).toThrow(/exactly one input.*source, tone/);
    const fixedInputs = { tone: new Float32Array(3) };
    expect(() => onnxModel(at, {}, { sides: SIDES, fixedInputs })).toThrow(/group generator/);
  });
});
