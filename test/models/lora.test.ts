import { beforeAll, describe, expect, it } from 'vitest';
import * as tf from '../../src/compute/tfjs/tf.ts';
import type { GeneratorOptions } from '../../src/models/generators.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import { createLora, type LoraOptions } from '../../src/models/lora.ts';
import { normalValues, randomImages, tensorsOf } from './eager.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const GENERATORS: Record<string, GeneratorOptions> = {
  e2gan: {
    kind: 'e2gan',
    channels: 4,
    imageSize: 16,
    norm: 'none',
    transformerHeads: 2,
  },
  'e2gan with sub-pixels': {
    kind: 'e2gan',
    channels: 4,
    imageSize: 16,
    norm: 'none',
    transformerHeads: 2,
    stem: 'space-to-depth',
    head: 'depth-to-space',
    residual: true,
  },
  'e2gan, narrow at full resolution': {
    kind: 'e2gan',
    channels: 4,
    imageSize: 16,
    norm: 'none',
    transformerHeads: 2,
    fullResolutionChannels: 2,
  },
  resnet: { kind: 'resnet', channels: 4, imageSize: 16, norm: 'instance', blocks: 1 },
};
const LORA: LoraOptions = { rank: 2, ranks: {}, train: 'both', bias: true };

function translate(kind: string, lora: LoraOptions, trainedValues?: Float32Array) {
  const generator = createImageGenerator(GENERATORS[kind]!);
  const adapter = createLora(generator, lora);
  const base = generator.initial(1);
  const start = adapter.initial(2);
  const trained = trainedValues ?? start.trained;
  const images = tf.tensor4d(randomImages(2, 16, 3), [2, 16, 16, 3]);
  const parameters = tensorsOf(generator.layout, base);
  const branches = adapter.tensors(
    tensorsOf(adapter.layout, trained),
    tensorsOf(adapter.frozenLayout, start.frozen),
  );
  const merged = tensorsOf(generator.layout, adapter.merge(base, trained, start.frozen));
  return {
    adapter,
    plain: generator.apply(parameters, images).dataSync(),
    adapted: generator.apply(parameters, images, branches).dataSync(),
    merged: generator.apply(merged, images).dataSync(),
  };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

describe.each(Object.keys(GENERATORS))('LoRA on %s', (kind) => {
  it.each(['both', 'up'] as const)('starts as the base (train %s)', (train) => {
    const { plain, adapted } = translate(kind, { ...LORA, train });
    expect(largestDifference(plain, adapted)).toBe(0);
  });

  it.each(['both', 'up'] as const)('gives merged what it gives as a branch (train %s)', (train) => {
    const options = { ...LORA, train };
    const { size } = translate(kind, options).adapter.layout;
    const { plain, adapted, merged } = translate(kind, options, normalValues(size, 7, 0.1));
    expect(largestDifference(plain, adapted)).toBeGreaterThan(0.01);
    expect(largestDifference(adapted, merged)).toBeLessThan(1e-5);
  });
});

describe('ranks', () => {
  const generator = createImageGenerator(GENERATORS.e2gan!);
  const ranksOf = (options: Partial<LoraOptions>) =>
    Object.fromEntries(createLora(generator, { ...LORA, ...options }).manifest.map((e) => [e.layer, e.rank]));

  it('takes the layer before the section before the default', () => {
    const ranks = ranksOf({ rank: 1, ranks: { downsample: 3, 'downsample.stem': 5 } });
    expect(ranks).toMatchObject({ 'downsample.stem': 5, 'downsample.down1': 3, us: 1 });
  });

  it('leaves out layers of rank 0 and never adapts a residual block', () => {
    const layers = Object.keys(ranksOf({ ranks: { transformer: 0 } }));
    expect(layers).toEqual([
      'downsample.stem',
      'downsample.down1',
      'downsample.down2',
      'ds',
      'us',
      'upsample.up1',
      'upsample.up2',
      'upsample.head',
    ]);
  });

  it('names what it has where a name is unknown', () => {
    expect(() => ranksOf({ ranks: { middle: 2 } })).toThrow(/no layer or section middle.*downsample\.stem/s);
    expect(() => ranksOf({ rank: 0 })).toThrow(/nothing to train/);
  });
});

it('describes the flat vector without gaps, layer by layer', () => {
  const { manifest, layout } = createLora(createImageGenerator(GENERATORS.e2gan!), LORA);
  let offset = 0;
  const layers: string[] = [];
  for (const entry of manifest) {
    expect(entry.offset).toBe(offset);
    offset += entry.size;
    if (layers.at(-1) !== entry.layer) layers.push(entry.layer);
  }
  expect(offset).toBe(layout.size);
  expect(new Set(layers).size).toBe(layers.length);
});

it('keeps the down factors apart where only the up factors are trained', () => {
  const { layout, frozenLayout } = createLora(createImageGenerator(GENERATORS.e2gan!), {
    ...LORA,
    train: 'up',
    bias: false,
  });
  expect(layout.entries.every(({ name }) => name.endsWith('.up'))).toBe(true);
  expect(frozenLayout.entries.every(({ name }) => name.endsWith('.down'))).toBe(true);
});
