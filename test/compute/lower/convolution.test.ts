import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../src/compute/layout.ts';
import type { ConvolutionShape } from '../../../src/compute/lower/convolution-shape.ts';
import { lower } from '../../../src/compute/lower/lower.ts';
import { chooseWeightGradientForm } from '../../../src/compute/lower/weight-gradient.ts';
import * as tf from '../../../src/compute/tfjs/tf.ts';
import { compile } from '../../../src/compute/trace/compile.ts';
import type { StepDefinition } from '../../../src/compute/types.ts';
import { compareWithTfjs } from '../compare.ts';

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

  // Whole blocks of channels, or less than one.
  const blocked = fc.record({
    batch: fc.integer({ min: 1, max: 2 }),
    side: fc.integer({ min: 5, max: 9 }),
    inChannels: fc.constantFrom(3, 6, 16, 32),
    outChannels: fc.constantFrom(16, 48),
    kernel: fc.constantFrom(3, 4, 5),
    stride: fc.constantFrom(1, 2),
    pad: fc.constantFrom(0, 1, 2),
    seed: fc.nat(1000),
  });

  it('conv2d on blocked images', async () => {
    await fc.assert(
      fc.asyncProperty(
        blocked,
        async ({ batch, side, inChannels, outChannels, kernel, stride, pad, seed }) => {
          await compareWithTfjs(
            {
              inputs: [
                { shape: [batch, side, side, inChannels] },
                { shape: [kernel, kernel, inChannels, outChannels] },
              ],
              // The loss sums some ten thousand products of both signs.
              tolerance: 2e-4,
              run: (x, filter) =>
                tf.conv2d(
                  x as Tensor4D,
                  filter as Tensor4D,
                  stride,
                  pad,
                  'NHWC',
                  1,
                  pad > 0 ? 'floor' : undefined,
                ),
            },
            seed,
          );
        },
      ),
      { numRuns: 40, seed: 13 },
    );
  });

  it('conv2dTranspose of stride 2 on blocked images', async () => {
    await fc.assert(
      fc.asyncProperty(blocked, async ({ batch, side, inChannels, outChannels, kernel, seed }) => {
        await compareWithTfjs(
          {
            inputs: [
              { shape: [batch, side, side, inChannels] },
              { shape: [kernel, kernel, outChannels, inChannels] },
            ],
            run: (x, filter) =>
              tf.conv2dTranspose(
                x as Tensor4D,
                filter as Tensor4D,
                [batch, 2 * side, 2 * side, outChannels],
                2,
                'same',
              ),
          },
          seed,
        );
      }),
      { numRuns: 40, seed: 14 },
    );
  });

  it('conv2d of few outputs, as a product that is scattered', async () => {
    for (const outChannels of [1, 3]) {
      await compareWithTfjs(
        {
          inputs: [{ shape: [2, 9, 7, 16] }, { shape: [5, 3, 16, outChannels] }],
          run: (x, filter) => tf.conv2d(x as Tensor4D, filter as Tensor4D, 1, 'same'),
        },
        2,
      );
    }
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

describe('the form of a convolution', () => {
  /** Operators that one convolution and its gradients become, those of the blocked operator set marked. */
  const operatorsOf = (image: number[], filter: number[], stride: 1 | 2, blockSize: number) => {
    const definition: StepDefinition = {
      name: 'convolution',
      parameters: { layer: layoutOf({ filter }) },
      inputs: { x: { shape: image } },
      run: ({ parameters, inputs }) => {
        const gradient = tf.grads((x: Tensor, weights: Tensor) =>
          tf.sum(tf.square(tf.conv2d(x as Tensor4D, weights as Tensor4D, stride, 1))),
        );
        const [dx, dw] = gradient([inputs.x!, parameters.layer!.filter!]);
        return { outputs: { dx: dx!, dw: dw! } };
      },
    };
    const { graph } = lower(compile(definition).step, definition.parameters, { device: 'cpu', blockSize });
    return new Set(graph.nodes.map(({ op, domain }) => (domain ? `blocked ${op}` : op)));
  };

  it('is blocked where the engine has blocks that fit', () => {
    const wide = operatorsOf([1, 32, 32, 64], [4, 4, 64, 128], 1, 16);
    expect(wide).toContain('blocked Conv');
    expect(wide).not.toContain('Conv');
    const strided = operatorsOf([1, 32, 32, 64], [4, 4, 64, 128], 2, 16);
    expect(strided).not.toContain('ConvTranspose');
    expect(operatorsOf([1, 32, 32, 64], [4, 4, 64, 128], 1, 1)).not.toContain('blocked Conv');
    expect(operatorsOf([1, 32, 32, 24], [4, 4, 24, 72], 1, 16)).not.toContain('blocked Conv');
  });

  it('is a scattered product where outputs are few', () => {
    expect(operatorsOf([1, 32, 32, 64], [3, 3, 64, 1], 1, 16)).toContain('ConvTranspose');
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

  it('gathers whole pixels otherwise', () => {
    expect(chooseWeightGradientForm(layer)).toBe('inputPixels');
    expect(chooseWeightGradientForm({ ...layer, strideHeight: 2, strideWidth: 2 })).toBe('inputPixels');
  });
});
