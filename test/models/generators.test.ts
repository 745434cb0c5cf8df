import { describe, expect, it } from 'vitest';
import * as tf from '../../src/compute/tfjs/tf.ts';
import { createDiscriminator } from '../../src/models/discriminator.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import { createLora } from '../../src/models/lora.ts';
import { createWeightDenoiser } from '../../src/models/weight-denoiser.ts';
import { GENERATOR_KINDS, GENERATORS } from '../../src/project/schema/generators.ts';
import { blockLengthMultiple, mostDiscriminatorLayers } from '../../src/project/schema/network-limits.ts';
import { PRESETS } from '../../src/project/schema/presets.ts';
import { trainingSchema } from '../../src/project/schema/training-schema.ts';
import { UserError } from '../../src/project/user-error.ts';
import { randomImages, tensorsOf } from './eager.ts';

const small = (kind: (typeof GENERATOR_KINDS)[number], imageSize: number) =>
  createImageGenerator({ kind, channels: 8, norm: 'instance', imageSize });

describe.each(GENERATOR_KINDS)('the entry of %s in src/project/schema/generators.ts', (kind) => {
  const { sections, stride } = GENERATORS[kind];

  it('names the sections that LoRA may adapt, in the order of the layers', () => {
    const { adaptable } = small(kind, stride);
    expect(sections).toEqual([...new Set(adaptable.map(({ section }) => section))]);
  });

  it('begins the name of every adaptable layer with its section, as ranks are written', () => {
    for (const { name, section } of small(kind, stride).adaptable) expect(name.split('.')[0]).toBe(section);
  });

  it('gives every section a rank of its own', () => {
    const generator = small(kind, stride);
    const sizes = sections.map((section) => {
      const lora = createLora(generator, { rank: 0, ranks: { [section]: 1 }, train: 'both', bias: false });
      return lora.layout.size;
    });
    for (const size of sizes) expect(size).toBeGreaterThan(0);
  });

  it.each([2, 3])('has the stride: images of %d times it come out in their own size', (times) => {
    const side = times * stride;
    const generator = small(kind, side);
    tf.tidy(() => {
      const parameters = tensorsOf(generator.layout, generator.initial(1));
      const images = tf.tensor4d(randomImages(1, side, 3), [1, side, side, 3]);
      const made = generator.apply(parameters, images);
      expect(made.shape).toEqual([1, side, side, 3]);
      expect(tf.max(tf.abs(made)).dataSync()[0]!).toBeLessThanOrEqual(1);
    });
  });

  it('refuses images that its strides do not divide', () => {
    expect(() => small(kind, stride + stride / 2)).toThrow(UserError);
  });
});

it.each(Object.entries(PRESETS))('the networks of preset:%s can be built', (_name, preset) => {
  const { image, generator, discriminator, lora } = trainingSchema.parse(preset);
  const built = createImageGenerator({ ...generator, imageSize: image.size });
  expect(createLora(built, lora).layout.size).toBeGreaterThan(0);
  expect(createDiscriminator(discriminator).layout.size).toBeGreaterThan(0);
});

describe('src/project/network-limits.ts', () => {
  it.each([16, 24, 64])('has the most layers of a discriminator that leave a patch of %d pixels', (side) => {
    const most = mostDiscriminatorLayers(side);
    const patches = (layers: number) =>
      tf.tidy(() => {
        const discriminator = createDiscriminator({ channels: 1, layers });
        const images = tf.tensor4d(randomImages(1, side, 3), [1, side, side, 3]);
        const parameters = tensorsOf(discriminator.layout, discriminator.initial(1));
        return discriminator.apply(parameters, images, images).shape[1];
      });
    expect(patches(most)).toBeGreaterThan(0);
    let left = 0;
    try {
      left = patches(most + 1);
    } catch {
      // tfjs refuses some convolutions that leave nothing, and gives others a side below 1.
    }
    expect(left).toBeLessThanOrEqual(0);
  });

  it('has the shortest block that the weight denoiser can halve twice', () => {
    const options = {
      blockCount: 2,
      vocabularySize: 3,
      channels: 4,
      heads: 1,
      patch: 2,
      embedding: 8,
      maxTokens: 2,
    };
    const multiple = blockLengthMultiple(options.patch);
    const denoise = (blockSize: number) =>
      tf.tidy(() => {
        const denoiser = createWeightDenoiser({ ...options, blockSize });
        return denoiser.apply(tensorsOf(denoiser.layout, denoiser.initial(1)), {
          blocks: tf.tensor2d(new Float32Array(blockSize), [1, blockSize]),
          blockIndex: tf.tensor1d([1], 'int32'),
          timestep: tf.tensor1d([0.5]),
          tokens: tf.tensor2d([[0, 1]], [1, 2], 'int32'),
          tokenMask: tf.tensor2d([[1, 1]], [1, 2]),
        }).shape;
      });
    expect(denoise(multiple)).toEqual([1, multiple]);
    expect(() => denoise(multiple / 2)).toThrow(UserError);
  });
});
