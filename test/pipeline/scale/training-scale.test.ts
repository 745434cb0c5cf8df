import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type TrainingScale, trainingScale } from '../../../src/pipeline/scale/training-scale.ts';
import { type LoadedTraining, loadProject, type Project } from '../../../src/project/load.ts';
import { e2ganRanks, PRESETS } from '../../../src/project/schema/presets.ts';
import { type TrainingConfig, trainingSchema } from '../../../src/project/schema/training-schema.ts';
import { makeProject, writeConcept } from '../../engine/example-project.ts';

const CHANNELS = 4;
const SIDE = 32;
const CONFIG = `extends: preset:fast
image: {size: ${SIDE}, train: 4, test: 2}
generator: {channels: ${CHANNELS}, transformerHeads: 2}
discriminator: {channels: 4}
base: {conditioning: none, steps: 30, batchSize: 2}
lora: {train: both, bias: false, rank: 1}
collect: {holdOut: [dusk], steps: 8, batchSize: 2, checkpoints: 2}
weightGenerator: {blockSize: 64, channels: 4, heads: 2, embedding: 8, steps: 7, batchSize: 4}
fineTune: {steps: 6, batchSize: 2}
evaluate: {scratch: {channels: 4, blocks: 1, steps: 12, batchSize: 1}}
`;

let project: Project;
let training: LoadedTraining;
let scale: TrainingScale;

beforeAll(async () => {
  const folder = await makeProject();
  writeConcept(folder, 'dusk', 'the sun has set');
  writeConcept(folder, 'sepia', 'make it sepia');
  writeFileSync(join(folder, 'tiny.training.yaml'), CONFIG);
  project = await loadProject(folder);
  training = project.trainings[0]!;
  scale = await trainingScale(project, training);
});

const figureOf = ({ figures }: TrainingScale, what: string) =>
  figures.find((candidate) => candidate.what === what)!;
const stageOf = ({ stages }: TrainingScale, name: string) => stages.find(({ stage }) => stage === name)!;
const scaleWith = (sections: Partial<TrainingConfig>, config = training.config) =>
  trainingScale(project, { ...training, config: { ...config, ...sections } });

/** Multiplications and additions of E2GAN's layers, one image, by hand. */
function e2ganFlop(c: number, side: number): number {
  const [half, quarter, eighth] = [side / 2, side / 4, side / 8];
  const wide = 4 * c;
  const convolution = (kernel: number, inputs: number, outputs: number, outputSide: number) =>
    2 * kernel ** 2 * inputs * outputs * outputSide ** 2;
  // Each input value goes into kernel x kernel places of the output.
  const transposed = (inputs: number, outputs: number, inputSide: number) =>
    2 * 4 ** 2 * inputs * outputs * inputSide ** 2;
  const tokens = eighth ** 2;
  const linear = (inputs: number, outputs: number) => 2 * tokens * inputs * outputs;
  const residualBlock = 2 * convolution(3, wide, wide, quarter);
  return (
    convolution(7, 3, c, side) +
    convolution(3, c, 2 * c, half) +
    convolution(3, 2 * c, wide, quarter) +
    3 * residualBlock +
    convolution(3, wide, wide, eighth) +
    // Query, key, value and output; scores and their products; the gated MLP.
    4 * linear(wide, wide) +
    2 * (2 * tokens ** 2 * wide) +
    linear(wide, 8 * wide) +
    linear(4 * wide, wide) +
    transposed(wide, wide, eighth) +
    transposed(wide, 2 * c, quarter) +
    transposed(2 * c, c, half) +
    convolution(7, c, 3, side)
  );
}

describe('counts', async () => {
  test('the operations of E2GAN as its layers by hand', () => {
    expect(figureOf(scale, 'generator, one image')).toEqual({
      what: 'generator, one image',
      value: e2ganFlop(CHANNELS, SIDE),
      unit: 'FLOP',
    });
  });

  test('twice the operations for twice the batch', async () => {
    const { fineTune, collect, evaluate, base, weightGenerator } = training.config;
    const doubled = await scaleWith({
      base: { ...base, batchSize: 2 * base.batchSize },
      collect: { ...collect, batchSize: 2 * collect.batchSize },
      fineTune: { ...fineTune, batchSize: 2 * fineTune.batchSize },
      weightGenerator: { ...weightGenerator, batchSize: 2 * weightGenerator.batchSize },
      evaluate: { ...evaluate, scratch: { ...evaluate.scratch, batchSize: 2 } },
    });
    for (const { stage, flopPerStep, flop, steps } of scale.stages) {
      expect([stage, stageOf(doubled, stage).flopPerStep]).toEqual([stage, 2 * flopPerStep]);
      expect(flop).toBe(steps * flopPerStep);
    }
  });

  test('epochs of images, and of the blocks of the whole zoo', () => {
    const blocks = figureOf(scale, 'blocks').value;
    expect(Object.fromEntries(scale.stages.map(({ stage, epochs }) => [stage, epochs]))).toEqual({
      'train-base': (30 * 2) / (3 * 4),
      collect: (8 * 2) / 4,
      'train-generator': (7 * 4) / (blocks * 3 * 2),
      'fine-tune': (6 * 2) / 4,
      evaluate: 12 / 4,
    });
  });

  test('one evaluation of the denoiser for each step, two with guidance', async () => {
    const { weightGenerator } = training.config;
    const denoising = async (sampling: TrainingConfig['weightGenerator']['sampling']) =>
      figureOf(await scaleWith({ weightGenerator: { ...weightGenerator, sampling } }), 'denoising all blocks')
        .value;
    const once = figureOf(scale, 'denoising all blocks').value;
    expect(once).toBeGreaterThan(0);
    expect(await denoising({ steps: 5, guidance: 1, bestOf: 1 })).toBe(5 * once);
    expect(await denoising({ steps: 5, guidance: 3, bestOf: 1 })).toBe(10 * once);
  });
});

describe('published numbers', () => {
  const paper = trainingSchema.parse(PRESETS.paper);

  test('stand beside none of a small config', () => {
    expect(scale.figures.every(({ published }) => published === undefined)).toBe(true);
    expect(
      scale.stages.every(({ publishedEpochs, publishedFlop }) => !publishedEpochs && !publishedFlop),
    ).toBe(true);
  });

  test('are met by the preset within 3 % where they are sizes', async () => {
    const { figures } = await scaleWith({}, paper);
    const compared = figures.filter(({ published }) => published);
    expect(compared.map(({ what }) => what)).toEqual([
      'image side, pixels',
      'training images per concept',
      'trained values, LoRA',
      'parameters, discriminator',
      'parameters, Pix2pix generator',
      'weights per block',
      'denoising steps',
    ]);
    for (const { what, value, published } of compared) {
      expect([what, Math.abs(value / published!.value - 1) < 0.03]).toEqual([what, true]);
    }
  });

  test.each([
    [1, 0.056e6],
    [2, 0.092e6],
    [4, 0.164e6],
  ] as const)('of trained values go with the ranks of scale %i', async (of, values) => {
    const lora = { ...paper.lora, ranks: e2ganRanks(of) };
    expect(figureOf(await scaleWith({ lora }, paper), 'trained values, LoRA').published?.value).toBe(values);
  });

  test('are left out where the config departs from the preset in what decides them', async () => {
    const generator = { ...paper.generator, channels: 32 };
    const changed = await scaleWith({ generator }, paper);
    expect(figureOf(changed, 'trained values, LoRA').published).toBeUndefined();
    expect(stageOf(changed, 'collect').publishedEpochs).toBeUndefined();
    expect(figureOf(changed, 'parameters, Pix2pix generator').published?.value).toBe(11.378e6);
    expect(stageOf(changed, 'evaluate').publishedFlop?.value).toBe(2.8e16);
  });
});
