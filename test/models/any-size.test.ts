import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/compute/executor.ts';
import { viewParameters } from '../../src/compute/layout.ts';
import { ort } from '../../src/compute/onnx/runtime.ts';
import * as tf from '../../src/compute/tfjs/tf.ts';
import { inferenceStep } from '../../src/models/gan-steps.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import { sinusoidalGrid, tracedGrid } from '../../src/models/sinusoidal.ts';
import { generatorModel } from '../../src/pipeline/weights/export-generator.ts';
import { trainingSchema } from '../../src/project/schema/training-schema.ts';
import { CPU_DEVICE } from '../compute/cpu-device.ts';
import { normalValues, tensorsOf } from './eager.ts';

const TRAINED = 32;
const { image } = trainingSchema.parse({ image: { size: TRAINED } });
/** Height and width from half to four times the training side, square, wide and tall. */
const SHAPES = [
  [32, 32],
  [16, 64],
  [128, 24],
  [40, 56],
] as const;

/** The largest difference of two results in [-1, 1]. */
function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

describe.each([
  ['e2gan', { kind: 'e2gan', norm: 'none', skips: true, transformerHeads: 2 }],
  ['e2gan with instance norm', { kind: 'e2gan', norm: 'instance', transformerHeads: 1 }],
  [
    'e2gan with sub-pixels, added to its input',
    {
      kind: 'e2gan',
      norm: 'none',
      skips: true,
      transformerHeads: 2,
      stem: 'space-to-depth',
      head: 'depth-to-space',
      residual: true,
    },
  ],
  ['resnet', { kind: 'resnet', norm: 'none', blocks: 2 }],
  ['resnet with instance norm', { kind: 'resnet', norm: 'instance', blocks: 2 }],
] as const)('%s at sizes that it was not trained at', (_, kind) => {
  const generator = createImageGenerator({ ...kind, channels: 4, imageSize: TRAINED });
  const values = generator.initial(3);

  it('gives what the same layers give in tfjs, and so does the exported network', async () => {
    await tf.setBackend('cpu');
    const exported = await ort.InferenceSession.create(generatorModel(generator, values, image, {}));
    for (const [height, width] of SHAPES) {
      const source = normalValues(height * width * 3, height + width).map(Math.tanh);
      const [eager, planes] = tf.tidy(() => {
        const images = tf.tensor4d(source, [1, height, width, 3]);
        const made = generator.apply(tensorsOf(generator.layout, values), images);
        return [
          Float32Array.from(made.dataSync()),
          Float32Array.from(tf.transpose(images, [0, 3, 1, 2]).dataSync()),
        ] as const;
      });
      const executor = await createExecutor(inferenceStep({ generator, batchSize: 1, height, width }), {
        device: CPU_DEVICE,
        values: { generator: values },
      });
      const { image } = await executor.run({ source });
      await executor.dispose();
      expect(largest(image!, eager)).toBeLessThan(2e-3);
      const { result } = await exported.run({
        image: new ort.Tensor('float32', planes, [1, 3, height, width]),
      });
      const interleaved = tf.tidy(() =>
        tf
          .transpose(tf.tensor4d(result!.data as Float32Array, [1, 3, height, width]), [0, 2, 3, 1])
          .dataSync<'float32'>(),
      );
      expect(largest(interleaved, eager)).toBeLessThan(2e-3);
    }
    await exported.release();
  });
});

describe('half precision', () => {
  const FEWEST = 64;

  /** The nearest number with 11 significant bits, as IEEE 754 rounds: ties to even, steps of 2^-24 near zero. */
  function rounded(value: number): number {
    const step = 2 ** Math.max(-24, Math.floor(Math.log2(Math.abs(value))) - 10);
    const [below, rest] = [Math.floor(value / step), value / step - Math.floor(value / step)];
    if (rest !== 0.5) return step * Math.round(value / step);
    return step * (below % 2 === 0 ? below : below + 1);
  }

  it('computes with the rounded weights, in any size', async () => {
    await tf.setBackend('cpu');
    const generator = createImageGenerator({
      kind: 'e2gan',
      norm: 'none',
      skips: true,
      transformerHeads: 2,
      channels: 4,
      imageSize: TRAINED,
    });
    const values = generator.initial(3);
    const halves = values.slice();
    for (const view of Object.values(viewParameters(generator.layout, halves))) {
      if (view.length < FEWEST) continue;
      view.forEach((value, i) => {
        view[i] = value === 0 ? 0 : rounded(value);
      });
    }
    const exported = await ort.InferenceSession.create(generatorModel(generator, values, image, {}, true));
    const [height, width] = [40, 24];
    const source = normalValues(height * width * 3, 5).map(Math.tanh);
    const [rounds, exact, planes] = tf.tidy(() => {
      const images = tf.tensor4d(source, [1, height, width, 3]);
      const made = [halves, values].map((of) => generator.apply(tensorsOf(generator.layout, of), images));
      return [...made, images].map((image) =>
        Float32Array.from(tf.transpose(image, [0, 3, 1, 2]).dataSync()),
      );
    }) as [Float32Array, Float32Array, Float32Array];
    const { result } = await exported.run({
      image: new ort.Tensor('float32', planes, [1, 3, height, width]),
    });
    const made = result!.data as Float32Array;
    expect(largest(made, rounds)).toBeLessThan(5e-5);
    // It is not what the exact weights give.
    expect(largest(made, exact)).toBeGreaterThan(1e-3);
    await exported.release();
  });
});

describe('positions by relative place', () => {
  it('are those of training at the size of training, and lie in their range at every other', () => {
    const width = 8;
    const place = (rows: number, columns: number, row: number) =>
      // The first number of an embedding is the cosine of the place itself.
      Math.acos(sinusoidalGrid(rows, columns, width, 3)[row * columns * width]!);
    expect([0, 1, 2].map((row) => place(3, 5, row))).toEqual([0, 1, 2].map((row) => expect.closeTo(row, 3)));
    expect([0, 1, 2, 3, 4, 5].map((row) => Math.cos(place(6, 2, row)))).toEqual(
      [-0.25, 0.25, 0.75, 1.25, 1.75, 2.25].map((at) => expect.closeTo(Math.cos(at), 5)),
    );
  });

  it('are the same from a table and computed from an image', async () => {
    await tf.setBackend('cpu');
    for (const [rows, columns] of [
      [4, 4],
      [3, 9],
      [16, 2],
    ] as const) {
      const traced = tf.tidy(() => tracedGrid(tf.zeros([2, rows, columns, 5]), 16, 4).dataSync<'float32'>());
      expect(largest(traced, sinusoidalGrid(rows, columns, 16, 4))).toBeLessThan(1e-5);
    }
  });
});
