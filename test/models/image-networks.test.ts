import { beforeAll, describe, expect, it } from 'vitest';
import * as tf from '../../src/compute/tfjs/tf.ts';
import { createDiscriminator } from '../../src/models/discriminator.ts';
import type { GeneratorOptions } from '../../src/models/generators.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import { createLora } from '../../src/models/lora.ts';
import { e2ganRanks } from '../../src/project/schema/presets.ts';
import { UserError } from '../../src/project/user-error.ts';
import { randomImages, tensorsOf } from './eager.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const PAPER_E2GAN: GeneratorOptions = { kind: 'e2gan', channels: 64, imageSize: 256, norm: 'instance' };
const SMALL: GeneratorOptions = {
  kind: 'e2gan',
  channels: 4,
  imageSize: 16,
  norm: 'instance',
  transformerHeads: 2,
};

describe('parameter counts beside the published ones', () => {
  it("has Pix2pix's ResNet-9 to the last parameter", () => {
    const resnet = createImageGenerator({ kind: 'resnet', channels: 64, imageSize: 256, norm: 'instance' });
    expect(resnet.layout.size).toBe(11_378_179);
  });

  it('has an E2GAN of about 7 M', () => {
    const { size } = createImageGenerator(PAPER_E2GAN).layout;
    console.info(`e2gan: ${size} parameters, published about 7.1 M`);
    expect(size / 7.1e6).toBeGreaterThan(0.95);
    expect(size / 7.1e6).toBeLessThan(1.05);
  });

  it('has a 70 x 70 PatchGAN of 2.765 M', () => {
    const { size } = createDiscriminator({ channels: 64, layers: 3 }).layout;
    console.info(`PatchGAN: ${size} parameters, published 2.765 M`);
    // The published count is of an unconditional one: three channels fewer in the first layer.
    expect(size - 3 * 16 * 64).toBe(2_764_737);
  });

  it.each([
    [1, 0.056e6],
    [2, 0.092e6],
    [4, 0.164e6],
  ] as const)('has E2GAN ranks of scale %i', (scale, published) => {
    const lora = createLora(createImageGenerator(PAPER_E2GAN), {
      rank: 1,
      ranks: e2ganRanks(scale),
      train: 'both',
      bias: false,
    });
    console.info(`E2GAN LoRA at scale ${scale}: ${lora.layout.size} values, published ${published}`);
    expect(Math.abs(lora.layout.size / published - 1)).toBeLessThan(0.03);
  });
});

describe.each([
  ['e2gan with instance norm', SMALL],
  ['e2gan without norm', { ...SMALL, norm: 'none' }],
  ['e2gan with skips', { ...SMALL, norm: 'none', skips: true }],
  ['e2gan with a sub-pixel stem', { ...SMALL, norm: 'none', skips: true, stem: 'space-to-depth' }],
  ['e2gan with a sub-pixel head', { ...SMALL, head: 'depth-to-space' }],
  ['e2gan, narrow at full resolution', { ...SMALL, skips: true, fullResolutionChannels: 2 }],
  ['e2gan that adds to its input', { ...SMALL, norm: 'none', residual: true }],
  ['resnet', { kind: 'resnet', channels: 4, imageSize: 16, norm: 'instance', blocks: 2 }],
] as const)('%s', (_, options) => {
  it('maps images to images in [-1, 1] that depend on each sample alone', () => {
    const generator = createImageGenerator(options);
    const parameters = tensorsOf(generator.layout, generator.initial(1));
    const images = tf.tensor4d(randomImages(2, 16, 3), [2, 16, 16, 3]);
    const output = generator.apply(parameters, images);
    expect(output.shape).toEqual([2, 16, 16, 3]);
    expect(tf.max(tf.abs(output)).dataSync()[0]!).toBeLessThanOrEqual(1);
    const second = generator.apply(parameters, tf.slice(images, 1, 1));
    const difference = tf.max(tf.abs(tf.sub(second, tf.slice(output, 1, 1)))).dataSync()[0]!;
    expect(difference).toBeLessThan(1e-5);
  });

  it('starts from the same values for the same seed only', () => {
    const generator = createImageGenerator(options);
    expect(generator.initial(5)).toEqual(generator.initial(5));
    expect(generator.initial(5)).not.toEqual(generator.initial(6));
  });
});

it('gives neither vanishing nor exploding activations without norm', () => {
  const generator = createImageGenerator({ ...SMALL, channels: 16, imageSize: 32, norm: 'none' });
  const output = generator.apply(
    tensorsOf(generator.layout, generator.initial(1)),
    tf.tensor4d(randomImages(2, 32, 3), [2, 32, 32, 3]),
  );
  const spread = Math.sqrt(tf.moments(output).variance.dataSync()[0]!);
  expect(spread).toBeGreaterThan(0.1);
  expect(spread).toBeLessThan(0.95);
});

it('tells patches apart: one logit for each 70 x 70 window', () => {
  const discriminator = createDiscriminator({ channels: 4, layers: 3 });
  const images = tf.tensor4d(randomImages(1, 64, 3), [1, 64, 64, 3]);
  const parameters = tensorsOf(discriminator.layout, discriminator.initial(1));
  expect(discriminator.apply(parameters, images, images).shape).toEqual([1, 6, 6, 1]);
});

it('says which sizes do not fit', () => {
  expect(() => createImageGenerator({ ...SMALL, imageSize: 20 })).toThrow(UserError);
  expect(() => createImageGenerator({ ...SMALL, imageSize: 20 })).toThrow(/image\.size.*multiple of 8/);
  expect(() => createImageGenerator({ ...SMALL, transformerHeads: 3 })).toThrow(
    /generator\.transformerHeads/,
  );
});
