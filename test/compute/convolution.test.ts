import type { Tensor4D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as tf from '../../src/compute/tf.ts';
import { type ConvolutionShape, chooseWeightGradientForm } from '../../src/compute/weight-gradient.ts';
import { compareWithTfjs } from './compare.ts';

const convolution = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 4, max: 9 }),
  width: fc.integer({ min: 4, max: 9 }),
  inChannels: fc.constantFrom(1, 2, 5, 16),
  outChannels: fc.constantFrom(1, 3, 5, 17),
  kernelHeight: fc.integer({ min: 1, max: 4 }),
  kernelWidth: fc.integer({ min: 1, max: 4 }),
  stride: fc.constantFrom(1, 1, 2, 3),
  pad: fc.constantFrom('same' as const, 'valid' as const, 'explicit' as const),
  seed: fc.nat(1000),
});

describe('convolutions and their gradients agree with tfjs on its CPU backend', () => {
  it('conv2d of any shape', async () => {
    await fc.assert(
      fc.asyncProperty(convolution, async (c) => {
        const explicit: [number, number][] = [
          [0, 0],
          [c.kernelHeight - 1, 0],
          [0, c.kernelWidth - 1],
          [0, 0],
        ];
        const pad = c.pad === 'explicit' ? (explicit as tf.backend_util.ExplicitPadding) : c.pad;
        await compareWithTfjs(
          {
            inputs: [
              { shape: [c.batch, c.height, c.width, c.inChannels] },
              { shape: [c.kernelHeight, c.kernelWidth, c.inChannels, c.outChannels] },
            ],
            run: (x, filter) =>
              tf.conv2d(
                x as Tensor4D,
                filter as Tensor4D,
                c.stride,
                pad,
                'NHWC',
                1,
                c.pad === 'explicit' ? 'floor' : undefined,
              ),
          },
          c.seed,
        );
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  it('conv2dTranspose of any shape', async () => {
    await fc.assert(
      fc.asyncProperty(convolution, async (c) => {
        fc.pre(c.pad !== 'explicit' && c.stride <= c.kernelHeight && c.stride <= c.kernelWidth);
        const extent = (size: number, kernel: number) =>
          c.pad === 'same' ? size * c.stride : (size - 1) * c.stride + kernel;
        await compareWithTfjs(
          {
            inputs: [
              { shape: [c.batch, c.height, c.width, c.inChannels] },
              { shape: [c.kernelHeight, c.kernelWidth, c.outChannels, c.inChannels] },
            ],
            run: (x, filter) =>
              tf.conv2dTranspose(
                x as Tensor4D,
                filter as Tensor4D,
                [c.batch, extent(c.height, c.kernelHeight), extent(c.width, c.kernelWidth), c.outChannels],
                c.stride,
                c.pad as 'same' | 'valid',
              ),
          },
          c.seed,
        );
      }),
      { numRuns: 40, seed: 12 },
    );
  });

  it('a height of 1, as 1-D convolutions have', async () => {
    await compareWithTfjs(
      {
        inputs: [{ shape: [4, 1, 16, 8] }, { shape: [1, 3, 8, 8] }],
        run: (x, filter) => tf.conv2d(x as Tensor4D, filter as Tensor4D, 1, 'same'),
      },
      1,
    );
  });

  it('dilated, forward', async () => {
    await compareWithTfjs(
      {
        inputs: [{ shape: [1, 9, 9, 2] }, { shape: [3, 3, 2, 4] }],
        run: (x, filter) => tf.conv2d(x as Tensor4D, filter as Tensor4D, 1, 'same', 'NHWC', 2),
        gradient: false,
      },
      1,
    );
  });
});

describe('the form of a weight gradient', () => {
  const layer: ConvolutionShape = {
    batch: 1,
    inHeight: 64,
    inWidth: 64,
    inChannels: 64,
    outHeight: 64,
    outWidth: 64,
    outChannels: 64,
    kernelHeight: 3,
    kernelWidth: 3,
    strideHeight: 1,
    strideWidth: 1,
    dilationHeight: 1,
    dilationWidth: 1,
    padTop: 1,
    padLeft: 1,
    padBottom: 1,
    padRight: 1,
  };

  it('shifts the side with fewer channels', () => {
    expect(chooseWeightGradientForm({ ...layer, outChannels: 1 })).toBe('outputPlanes');
    expect(chooseWeightGradientForm({ ...layer, inChannels: 3 })).toBe('inputPlanes');
  });

  it('does not add up products larger than the images', () => {
    const small = { ...layer, outHeight: 8, outWidth: 8 };
    expect(chooseWeightGradientForm({ ...small, batch: 1 })).toBe('inputPlanes');
    expect(chooseWeightGradientForm({ ...small, batch: 4 })).toBe('inputPixels');
  });

  it('takes strided slices in NHWC', () => {
    expect(chooseWeightGradientForm({ ...layer, strideHeight: 2, strideWidth: 2 })).toBe('inputPixels');
  });
});
