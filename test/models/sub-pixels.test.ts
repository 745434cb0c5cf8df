import '@tensorflow/tfjs-backend-cpu';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import * as tf from '../../src/compute/tfjs/tf.ts';
import { Random } from '../../src/data/random.ts';
import type { GeneratorOptions } from '../../src/models/generators.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import { normal, subPixels } from '../../src/models/initializers.ts';
import { limit, spaceToDepth } from '../../src/models/layers.ts';
import { compareWithDifferences, compareWithTfjs } from '../compute/compare.ts';
import { normalValues, randomImages, tensorsOf } from './eager.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const OPTIONS: GeneratorOptions = {
  kind: 'e2gan',
  channels: 4,
  imageSize: 16,
  norm: 'none',
  transformerHeads: 2,
};

/** What a generator makes of random images, with its first weights. */
function made(options: GeneratorOptions, change: (name: string, values: Float32Array) => void = () => {}) {
  const generator = createImageGenerator(options);
  const values = generator.initial(1);
  for (const { name, offset, size } of generator.layout.entries) {
    change(name, values.subarray(offset, offset + size));
  }
  const source = randomImages(2, 16, 3);
  const images = tf.tensor4d(source, [2, 16, 16, 3]);
  return {
    source,
    result: generator.apply(tensorsOf(generator.layout, values), images).dataSync<'float32'>(),
  };
}

describe('space to depth', () => {
  it('has each pixel of a block where its row, column and channel say', () => {
    const [height, width, channels] = [4, 6, 3];
    const x = normalValues(2 * height * width * channels, 1);
    const packed = spaceToDepth(tf.tensor4d(x, [2, height, width, channels]));
    expect(packed.shape).toEqual([2, 2, 3, 12]);
    const values = packed.arraySync();
    for (let n = 0; n < 2; n++) {
      for (let i = 0; i < height; i++) {
        for (let j = 0; j < width; j++) {
          for (let c = 0; c < channels; c++) {
            const channel = ((i % 2) * 2 + (j % 2)) * channels + c;
            expect(values[n]![i >> 1]![j >> 1]![channel]).toBe(
              x[((n * height + i) * width + j) * channels + c],
            );
          }
        }
      }
    }
    expect(tf.depthToSpace(packed, 2, 'NHWC').dataSync()).toEqual(x);
  });

  it('compiles to the same values and gradients, of images and of features in any memory layout', async () => {
    const shape = [2, 6, 4, 3];
    const mixed = (x: Tensor4D) => tf.conv2d(x, tf.tensor4d(normalValues(9 * 9, 2), [3, 3, 3, 3]), 1, 'same');
    const both = (x: Tensor4D) => tf.depthToSpace(tf.square(spaceToDepth(mixed(x))), 2, 'NHWC');
    for (const run of [spaceToDepth, both]) {
      await compareWithTfjs({ inputs: [{ shape }], run: (x) => run(x as Tensor4D) }, 1);
    }
    const linear = (x: Tensor4D) => tf.depthToSpace(spaceToDepth(mixed(x)), 2, 'NHWC');
    await compareWithDifferences({ inputs: [{ shape }], run: (x) => linear(x as Tensor4D) }, 2);
  });

  it('makes a 3 x 3 convolution one of 6 x 6 at stride 2', () => {
    const [side, outputs] = [8, 5];
    const filter = normalValues(3 * 3 * 12 * outputs, 4);
    const wide = new Float32Array(6 * 6 * 3 * outputs);
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < 6; j++) {
        for (let c = 0; c < 3; c++) {
          const from = (((i >> 1) * 3 + (j >> 1)) * 12 + ((i % 2) * 2 + (j % 2)) * 3 + c) * outputs;
          wide.set(filter.subarray(from, from + outputs), ((i * 6 + j) * 3 + c) * outputs);
        }
      }
    }
    const images = tf.tensor4d(randomImages(2, side, 5), [2, side, side, 3]);
    const packed = tf.conv2d(spaceToDepth(images), tf.tensor4d(filter, [3, 3, 12, outputs]), 1, 1);
    const strided = tf.conv2d(images, tf.tensor4d(wide, [6, 6, 3, outputs]), 2, 2);
    expect(packed.shape).toEqual(strided.shape);
    expect(tf.max(tf.abs(tf.sub(packed, strided))).dataSync()[0]).toBeLessThan(1e-4);
  });
});

describe('a sub-pixel head', () => {
  it('begins without a checkerboard: each block of 2 x 2 pixels has one color', () => {
    const { result } = made({ ...OPTIONS, head: 'depth-to-space' });
    expect(new Set(result).size).toBeGreaterThan(100);
    for (let i = 0; i < result.length; i++) {
      const [c, column, row] = [i % 3, Math.floor(i / 3) % 16, Math.floor(i / 48)];
      const first = ((row - (row % 2)) * 16 + column - (column % 2)) * 3 + c;
      expect(result[i]).toBeCloseTo(result[first]!, 5);
    }
  });

  it('has the values of its initializer once for each pixel, and of its scale', () => {
    const values = new Float32Array(100 * 4 * 3);
    subPixels(normal(0.5), 4, 3)(values, new Random(1));
    for (let i = 0; i < values.length; i++) {
      expect(values[i]).toBe(values[i - (i % 12) + (i % 3)]);
    }
    expect(Math.hypot(...values) / Math.sqrt(values.length)).toBeCloseTo(0.5, 1);
  });
});

describe('a residual generator', () => {
  it.each(['convolution', 'depth-to-space'] as const)(
    'gives the source back where its head (%s) is 0',
    (head) => {
      const { source, result } = made({ ...OPTIONS, residual: true, head }, (name, values) => {
        if (name.startsWith('upsample.head')) values.fill(0);
      });
      expect(result).toEqual(source);
    },
  );

  it('begins close to its source and stays within [-1, 1]', () => {
    const { source, result } = made({ ...OPTIONS, residual: true });
    const squares = result.map((value, i) => (value - source[i]!) ** 2);
    const difference = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    expect(difference).toBeGreaterThan(0.01);
    expect(difference).toBeLessThan(0.3);
    expect(Math.max(...result.map(Math.abs))).toBeLessThanOrEqual(1);
  });

  it('is limited as a clipped function is, but comes back from outside', () => {
    const x = tf.tensor1d([-3, -1, -0.25, 0, 0.5, 1, 2]);
    expect(Array.from(limit(x).dataSync())).toEqual([-1, -1, -0.25, 0, 0.5, 1, 1]);
    // Slopes of the sum of (limited - 0.5)^2: pulled down from above, up from below.
    const gradient = tf
      .grad((z) => tf.sum(tf.square(tf.sub(limit(z), 0.5))))(x)
      .dataSync();
    expect(Array.from(gradient)).toEqual([-3, -3, -1.5, -1, 0, 1, 1]);
  });

  it('is not drawn further out by what asks for more than the limit', () => {
    const x = tf.tensor1d([-3, -1, 0.5, 1, 2]);
    const slopes = (target: number) =>
      Array.from(
        tf
          .grad((z) => tf.sum(tf.square(tf.sub(limit(z), target))))(x)
          .dataSync(),
      );
    expect(slopes(2)).toEqual([-6, -6, -3, -2, 0]);
    expect(slopes(-2)).toEqual([0, 2, 5, 6, 6]);
  });
});

it('layers at full resolution are as wide as asked for, or are not there', () => {
  const shapes = (options: Partial<GeneratorOptions>) =>
    Object.fromEntries(
      createImageGenerator({ ...OPTIONS, channels: 8, ...options }).layout.entries.map(({ name, shape }) => [
        name,
        shape,
      ]),
    );
  expect(shapes({ fullResolutionChannels: 3 })).toMatchObject({
    'downsample.stem.weight': [7, 7, 3, 3],
    'downsample.down1.weight': [3, 3, 3, 16],
    'upsample.up2.weight': [4, 4, 3, 16],
    'upsample.head.weight': [7, 7, 3, 3],
  });
  const packed = shapes({ stem: 'space-to-depth', head: 'depth-to-space' });
  expect(packed).toMatchObject({
    'downsample.stem.weight': [3, 3, 12, 16],
    'upsample.head.weight': [3, 3, 16, 12],
  });
  expect(Object.keys(packed).filter((name) => /down1|up2/.test(name))).toEqual([]);
  // The keys without effect are those of the published architecture.
  expect(
    shapes({ stem: 'convolution', head: 'convolution', fullResolutionChannels: 8, residual: false }),
  ).toEqual(shapes({}));
});
