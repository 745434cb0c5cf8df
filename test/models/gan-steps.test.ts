import { beforeAll, describe, expect, it } from 'vitest';
import type { StepGraph } from '../../src/compute/graph/graph.ts';
import * as tf from '../../src/compute/tfjs/tf.ts';
import { compile } from '../../src/compute/trace/compile.ts';
import { withGradients } from '../../src/compute/trace/remove-dead.ts';
import type { StepDefinition } from '../../src/compute/types.ts';
import { conditionedBaseStep, promptMapLayout } from '../../src/models/conditioned-base-step.ts';
import { createDiscriminator } from '../../src/models/discriminator.ts';
import {
  fullTrainingStep,
  inferenceStep,
  loraInferenceStep,
  loraTrainingStep,
} from '../../src/models/gan-steps.ts';
import type { GeneratorOptions } from '../../src/models/generators.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import { createLora } from '../../src/models/lora.ts';
import { normalValues, randomImages, runEagerly } from './eager.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const SIZE = 16;
const BATCH = 1;
const E2GAN: GeneratorOptions = {
  kind: 'e2gan',
  channels: 4,
  imageSize: SIZE,
  norm: 'instance',
  transformerHeads: 2,
};
const SUB_PIXELS: GeneratorOptions = {
  ...E2GAN,
  norm: 'none',
  skips: true,
  stem: 'space-to-depth',
  head: 'depth-to-space',
  residual: true,
};
const discriminator = createDiscriminator({ channels: 4, layers: 2 });
const images = { source: randomImages(BATCH, SIZE, 1), target: randomImages(BATCH, SIZE, 2) };

interface Case {
  definition: StepDefinition;
  values: Record<string, Float32Array>;
  inputs: Record<string, Float32Array>;
}

function fullStep(options: GeneratorOptions, loss: 'lsgan' | 'vanilla'): Case {
  const generator = createImageGenerator(options);
  return {
    definition: fullTrainingStep({
      generator,
      discriminator,
      loss,
      lambdaL1: 10,
      batchSize: BATCH,
    }),
    values: { generator: generator.initial(1), discriminator: discriminator.initial(2) },
    inputs: images,
  };
}

function loraStep(options: GeneratorOptions, train: 'both' | 'up', rank = 2): Case {
  const generator = createImageGenerator(options);
  const lora = createLora(generator, { rank, ranks: {}, train, bias: true });
  return {
    definition: loraTrainingStep({
      generator,
      generatorValues: generator.initial(1),
      lora,
      loraFrozen: lora.initial(3).frozen,
      discriminator,
      loss: 'lsgan',
      lambdaL1: 10,
      batchSize: BATCH,
    }),
    values: { lora: normalValues(lora.layout.size, 4, 0.1), discriminator: discriminator.initial(2) },
    inputs: images,
  };
}

const FEATURES = 3;

function conditionedStep(options: GeneratorOptions): Case {
  const generator = createImageGenerator(options);
  const lora = createLora(generator, { rank: 2, ranks: {}, train: 'up', bias: true });
  return {
    definition: conditionedBaseStep({
      generator,
      discriminator,
      lora,
      features: FEATURES,
      loss: 'lsgan',
      lambdaL1: 10,
      batchSize: BATCH,
    }),
    values: {
      generator: generator.initial(1),
      'lora-frozen': lora.initial(3).frozen,
      'prompt-map': normalValues(promptMapLayout(lora, FEATURES).size, 4, 0.05),
      discriminator: discriminator.initial(2),
    },
    inputs: { ...images, features: normalValues(BATCH * FEATURES, 5) },
  };
}

/** Small, since the norms bend the loss sharply about Pix2pix's small first weights. */
const STEP = 5e-5;

/** The loss that each group descends on. */
const LOSS_OF: Record<string, string> = {
  generator: 'loss/generator',
  lora: 'loss/generator',
  'lora-frozen': 'loss/generator',
  'prompt-map': 'loss/generator',
  discriminator: 'loss/discriminator',
};

/** Slope of a group's loss along `direction`, by central differences. */
function slope(
  { definition, values, inputs }: Case,
  group: string,
  direction: Float32Array,
  h: number,
): number {
  const lossAt = (sign: number) =>
    runEagerly(
      definition,
      { ...values, [group]: values[group]!.map((value, i) => value + sign * h * direction[i]!) },
      inputs,
    ).outputs[LOSS_OF[group]!]![0]!;
  return (lossAt(1) - lossAt(-1)) / (2 * h);
}

const CASES: [string, Case][] = [
  ['e2gan, least squares', fullStep(E2GAN, 'lsgan')],
  ['e2gan without norm, cross-entropy', fullStep({ ...E2GAN, norm: 'none' }, 'vanilla')],
  [
    'resnet',
    fullStep({ kind: 'resnet', channels: 4, imageSize: SIZE, norm: 'instance', blocks: 1 }, 'lsgan'),
  ],
  ['LoRA, both factors', loraStep(E2GAN, 'both')],
  ['LoRA, up factors, no norm', loraStep({ ...E2GAN, norm: 'none' }, 'up')],
  ['text-conditioned base', conditionedStep({ ...E2GAN, norm: 'none', skips: true })],
  ['e2gan with sub-pixels, added to its input', dimmed(fullStep(SUB_PIXELS, 'lsgan'))],
  ['LoRA on it', dimmed(loraStep(SUB_PIXELS, 'both'))],
  [
    'text-conditioned base with a sub-pixel stem, narrow at full resolution',
    conditionedStep({ ...E2GAN, norm: 'none', stem: 'space-to-depth', fullResolutionChannels: 2 }),
  ],
];

/** The step on sources of low contrast, so that no sum with them is limited, where differences show another slope. */
function dimmed(step: Case): Case {
  return { ...step, inputs: { ...step.inputs, source: step.inputs.source!.map((value) => value / 4) } };
}

describe.each(CASES)('%s', (_, step) => {
  it.each(Object.keys(step.values))('has the gradient that differences of the loss show: %s', (group) => {
    const { gradients } = runEagerly(step.definition, step.values, step.inputs);
    const gradient = gradients[group]!;
    const norm = Math.hypot(...gradient);
    // Along the gradient the slope is its norm; it is large there, so float32 differences resolve it.
    const along = gradient.map((value) => value / norm);
    expect(slope(step, group, along, STEP) / norm).toBeCloseTo(1, 1);
    // Along a random direction too, which an error in one layer alone would show.
    const direction = normalValues(gradient.length, 9, 1 / Math.sqrt(gradient.length));
    const mixed = direction.map((value, i) => value + along[i]! * 0.5);
    const expected = mixed.reduce((sum, value, i) => sum + value * gradient[i]!, 0);
    expect(slope(step, group, mixed, STEP) / expected).toBeCloseTo(1, 1);
  });
});

it('gives every parameter of the whole step a gradient', () => {
  const { definition, values } = fullStep(E2GAN, 'lsgan');
  const { gradients } = runEagerly(definition, values, images);
  for (const [group, layout] of Object.entries(definition.parameters)) {
    for (const { name, offset, size } of layout.entries) {
      // The bias before an instance norm has no effect: its gradient is zero but for rounding.
      if (name.endsWith('.bias')) continue;
      const largest = Math.max(...gradients[group]!.subarray(offset, offset + size).map(Math.abs));
      expect(largest, name).toBeGreaterThan(0);
    }
  }
});

it('descends: a small step against each gradient lowers its loss', () => {
  const { definition, values } = fullStep({ ...E2GAN, norm: 'none' }, 'lsgan');
  const before = runEagerly(definition, values, images);
  for (const group of ['generator', 'discriminator']) {
    const moved = values[group]!.map((value, i) => value - 1e-3 * before.gradients[group]![i]!);
    const after = runEagerly(definition, { ...values, [group]: moved }, images);
    const loss = LOSS_OF[group]!;
    expect(after.outputs[loss]![0]!).toBeLessThan(before.outputs[loss]![0]!);
  }
});

it('spends nothing on the gradients of a group that is not updated', () => {
  const { step } = compile(fullStep(E2GAN, 'lsgan').definition);
  const alone = withGradients(step, ['generator']);
  const filterGradients = ({ graph }: StepGraph) =>
    graph.nodes.filter(({ kernel }) => kernel === 'Conv2DBackpropFilter').length;
  const layers = discriminator.layout.entries.filter(({ name }) => name.endsWith('.weight')).length;
  // Of real and of generated images.
  expect(filterGradients(step) - filterGradients(alone)).toBe(2 * layers);
  expect([...alone.gradients.keys()]).toEqual(['generator']);
  expect([...alone.outputs.keys()]).toEqual([...step.outputs.keys()]);
});

/** Filter shapes of the weight gradients that a step takes for the generator. */
function filterGradientsOf({ definition }: Case): string[] {
  const { graph } = withGradients(compile(definition).step, ['lora']);
  return graph.nodes.flatMap((node) =>
    node.kernel === 'Conv2DBackpropFilter' ? [String(node.attrs.filterShape)] : [],
  );
}

it('has no weight gradient of a frozen layer, and none as large, where ranks are low', () => {
  const step = loraStep(E2GAN, 'both', 1);
  const generator = createImageGenerator(E2GAN);
  const frozen = new Set(generator.layout.entries.map(({ shape }) => String(shape)));
  const trained = [...step.definition.parameters.lora!.entries, ...discriminator.layout.entries].map(
    ({ shape }) => String(shape),
  );
  const gradients = filterGradientsOf(step);
  expect(gradients.length).toBeGreaterThan(0);
  for (const shape of gradients) {
    expect(trained).toContain(shape);
    expect(frozen).not.toContain(shape);
  }
});

it('convolves once, with the product of the factors in the weight, where the rank is half of the outputs', () => {
  const gradients = filterGradientsOf(loraStep(E2GAN, 'both'));
  // Stem, last upsampling and head: not their down factors, which would have more outputs together.
  expect(gradients).toEqual(expect.arrayContaining(['7,7,3,4', '7,7,4,3', '4,4,4,8']));
  for (const down of ['7,7,3,2', '7,7,4,2', '4,4,2,8']) expect(gradients).not.toContain(down);
  // The first strided convolution has eight outputs.
  expect(gradients).toContain('3,3,4,2');
  expect(gradients).not.toContain('3,3,4,8');
});

it('reports L1 as the mean absolute difference from the target', () => {
  const { definition, values } = fullStep(E2GAN, 'lsgan');
  const generator = createImageGenerator(E2GAN);
  const { image } = runEagerly(
    inferenceStep({ generator, batchSize: BATCH }),
    { generator: values.generator! },
    { source: images.source },
  ).outputs;
  const expected = image!.reduce((sum, v, i) => sum + Math.abs(v - images.target[i]!), 0) / image!.length;
  expect(runEagerly(definition, values, images).outputs['loss/l1']![0]).toBeCloseTo(expected, 5);
});

it('translates with an exchangeable adapter as with the merged generator', () => {
  const generator = createImageGenerator(E2GAN);
  const lora = createLora(generator, { rank: 2, ranks: {}, train: 'both', bias: true });
  const base = generator.initial(1);
  const adapter = normalValues(lora.layout.size, 5, 0.1);
  const branch = runEagerly(
    loraInferenceStep({
      generator,
      generatorValues: base,
      lora,
      loraFrozen: new Float32Array(0),
      batchSize: BATCH,
    }),
    { lora: adapter },
    { source: images.source },
  ).outputs.image!;
  const merged = runEagerly(
    inferenceStep({ generator, batchSize: BATCH }),
    { generator: lora.merge(base, adapter, new Float32Array(0)) },
    { source: images.source },
  ).outputs.image!;
  expect(Math.max(...branch.map((value, i) => Math.abs(value - merged[i]!)))).toBeLessThan(1e-4);
});

it('refuses a discriminator that has nothing left to discriminate', () => {
  const generator = createImageGenerator(E2GAN);
  const deep = createDiscriminator({ channels: 4, layers: 3 });
  expect(() =>
    fullTrainingStep({ generator, discriminator: deep, loss: 'lsgan', lambdaL1: 1, batchSize: 1 }),
  ).toThrow(/discriminator\.layers.*at most 2/s);
});

it('trains a text-conditioned base on what its map gives each sample as LoRA weights', () => {
  const generator = createImageGenerator(E2GAN);
  const lora = createLora(generator, { rank: 2, ranks: {}, train: 'up', bias: true });
  const { definition, values, inputs } = conditionedStep(E2GAN);
  // Two samples of one source under different prompts, against each prompt's weights on their own.
  const batch = conditionedBaseStep({
    generator,
    discriminator,
    lora,
    features: FEATURES,
    loss: 'lsgan',
    lambdaL1: 10,
    batchSize: 2,
  });
  const rows = [normalValues(FEATURES, 6), normalValues(FEATURES, 7)];
  const l1 = (step: StepDefinition, features: Float32Array, count: number) =>
    runEagerly(step, values, {
      source: repeat(inputs.source!, count),
      target: repeat(inputs.target!, count),
      features,
    }).outputs['loss/l1']![0]!;
  const mapped = rows.map((features) => {
    const vector = Float32Array.from({ length: lora.layout.size }, (_, i) =>
      features.reduce((sum, value, f) => sum + value * values['prompt-map']![f * lora.layout.size + i]!, 0),
    );
    const { image } = runEagerly(
      inferenceStep({ generator, batchSize: 1 }),
      { generator: lora.merge(values.generator!, vector, values['lora-frozen']!) },
      { source: inputs.source! },
    ).outputs;
    return image!.reduce((sum, v, i) => sum + Math.abs(v - inputs.target![i]!), 0) / image!.length;
  });
  expect(l1(definition, rows[0]!, 1)).toBeCloseTo(mapped[0]!, 4);
  expect(l1(batch, Float32Array.of(...rows[0]!, ...rows[1]!), 2)).toBeCloseTo(
    (mapped[0]! + mapped[1]!) / 2,
    4,
  );
  expect(Math.abs(mapped[0]! - mapped[1]!)).toBeGreaterThan(1e-3);
});

function repeat(values: Float32Array, count: number): Float32Array {
  return Float32Array.from({ length: count * values.length }, (_, i) => values[i % values.length]!);
}
