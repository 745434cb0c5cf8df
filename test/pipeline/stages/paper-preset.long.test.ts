/**
 * Every stage of `preset:paper` with its own networks. Steps, batch sizes, numbers of images and the images are
 * smaller: the networks have the same parameters for images of every size. At 256 x 256 pixels, the base is trained.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { longLimitMs } from '../../../scripts/test/limits.mjs';
import { ort } from '../../../src/compute/onnx/runtime.ts';
import type { Comparison } from '../../../src/pipeline/evaluation/comparison.ts';
import { trainingScale } from '../../../src/pipeline/scale/training-scale.ts';
import type { StageOutcome } from '../../../src/pipeline/stage.ts';
import { quickstart } from '../../../src/pipeline/stages/quickstart.ts';
import { trainBase } from '../../../src/pipeline/stages/train-base.ts';
import { loadWeightGenerator } from '../../../src/pipeline/weight-generator/generator-file.ts';
import { type BaseModel, loadBase } from '../../../src/pipeline/weights/base-model.ts';
import { readWeights } from '../../../src/pipeline/weights/weights-file.ts';
import { finalVector, readZoo } from '../../../src/pipeline/weights/zoo-vectors.ts';
import { readSafetensorsHeader } from '../../../src/project/disk/safetensors-header.ts';
import { type LoadedTraining, loadProject, type Project } from '../../../src/project/load.ts';
import { projectPaths } from '../../../src/project/paths.ts';
import { PRESETS } from '../../../src/project/schema/presets.ts';
import { type TrainingConfig, trainingSchema } from '../../../src/project/schema/training-schema.ts';
import { METHODS } from '../../../src/protocol/comparison.ts';
import type { NewRunEvent } from '../../../src/protocol/events.ts';
import { makeProject, writeConcept } from '../../engine/example-project.ts';
import { recordedRun } from '../recorded-run.ts';

const BASE_STEPS = 2;
const STEPS = 1;
const SIZE = 64;
/** Of the example's six images; two are trained on and one is held out. */
const UNUSED = [3, 4, 5];
/** Nothing here touches a network's architecture. */
const configFor = (size: number) => `extends: preset:paper
device: cpu
threads: 2
image: {size: ${size}, train: 2, test: 1}
base: {steps: ${BASE_STEPS}, batchSize: 1}
collect: {holdOut: [dusk], steps: ${STEPS}, batchSize: 1}
weightGenerator: {steps: 2, batchSize: 4}
fineTune: {steps: ${STEPS}, batchSize: 1}
evaluate: {images: 1, draws: 2, scratch: {steps: ${STEPS}}}
`;

let project: Project;
let training: LoadedTraining;
let events: NewRunEvent[];
let outcome: StageOutcome;
let base: BaseModel;

async function paperProject(size: number): Promise<string> {
  const folder = await makeProject();
  for (const image of UNUSED) rmSync(join(folder, 'images', `wave-${image}.png`));
  writeConcept(folder, 'sepia', 'an old photograph');
  writeConcept(folder, 'dusk', 'thick snow after the sun has set');
  writeFileSync(join(folder, 'tiny.training.yaml'), configFor(size));
  return folder;
}

beforeAll(async () => {
  const folder = await paperProject(SIZE);
  project = await loadProject(folder);
  expect(project.problems).toEqual([]);
  training = project.trainings[0]!;
  const recorded = recordedRun({ project, training });
  events = recorded.events;
  outcome = await quickstart(recorded.context);
  base = await loadBase(project, training);
}, longLimitMs);

type Results = Record<string, Record<string, unknown>>;
const resultOf = (stage: string) => (outcome.result as Results)[stage]!;
const published: TrainingConfig = trainingSchema.parse(PRESETS.paper);

describe('what is published is what was built', () => {
  test('0.092 M LoRA values, a PatchGAN of 2.765 M, Pix2pix of 11.378 M', async () => {
    const parameters = resultOf('train-base').parameters as Record<string, number>;
    expect(parameters.lora).toBe(base.lora.layout.size);
    expect(Math.abs(parameters.lora! / 0.092e6 - 1)).toBeLessThan(0.03);
    expect(parameters.generator).toBe(base.generatorValues.length);
    // Published for one image; beside its source there are three channels more to the first 64 kernels of 4 x 4.
    expect(parameters.discriminator! - 3 * 4 * 4 * 64).toBe(2_764_737);
    const { figures } = await trainingScale(project, training);
    expect(figures.find(({ what }) => what === 'parameters, Pix2pix generator')!.value).toBe(11_378_179);
  });

  test('LoRA everywhere but on the residual blocks', () => {
    const sections = new Set(base.lora.manifest.map(({ section }) => section));
    expect([...sections].sort()).toEqual(['downsample', 'ds', 'transformer', 'upsample', 'us']);
  });

  test('blocks of 256 weights, every layer beginning one', async () => {
    const values = new Map<string, number>();
    for (const { layer, size } of base.lora.manifest) values.set(layer, (values.get(layer) ?? 0) + size);
    const blocks = [...values.values()].reduce((sum, size) => sum + Math.ceil(size / 256), 0);
    expect(resultOf('train-generator')).toMatchObject({ blockSize: 256, blocks, members: 3 });
    // Without padding, 0.092 M values are 360 blocks.
    expect(blocks).toBeGreaterThanOrEqual(Math.ceil(base.lora.layout.size / 256));
    const { metadata } = await readSafetensorsHeader(
      projectPaths(project.folder).weightGenerator(training.name),
    );
    expect(JSON.parse(metadata.architecture!).denoiser).toMatchObject({ blockSize: 256, blockCount: blocks });
  });

  test('one denoising step', () => {
    expect(resultOf('denoise').steps).toBe(1);
  });

  test('epochs: 100 of E2GAN, 20 of fine-tuning, 200 of Pix2pix', async () => {
    const { image, collect, fineTune, evaluate } = published;
    const epochs = ({ steps, batchSize }: { steps: number; batchSize: number }) =>
      (steps * batchSize) / image.train;
    expect([collect, fineTune, evaluate.scratch].map(epochs)).toEqual([100, 20, 200]);
    const { stages } = await trainingScale(project, { ...training, config: published });
    for (const { stage, epochs: ours, publishedEpochs } of stages) {
      if (['collect', 'fine-tune', 'evaluate'].includes(stage)) expect(ours).toBe(publishedEpochs!.value);
    }
  });
});

describe('every stage', () => {
  test('ran', () => {
    expect(outcome.status).toBe('succeeded');
    expect(events.flatMap((event) => (event.type === 'stage' ? [event.stage] : []))).toEqual([
      'prepare',
      'train-base',
      'collect',
      'train-generator',
      'denoise',
      'fine-tune',
      'translate',
      'evaluate',
    ]);
  });

  test('had finite losses', () => {
    const losses = new Map<string, number[]>();
    let stage = '';
    for (const event of events) {
      if (event.type === 'stage') stage = event.stage;
      if (event.type !== 'metrics') continue;
      const { concept = '', series = '', values } = event;
      for (const [name, value] of Object.entries(values)) {
        if (!name.startsWith('loss')) continue;
        const key = [stage, series || concept, name].join(' ').replace('  ', ' ');
        losses.set(key, [...(losses.get(key) ?? []), value]);
      }
    }
    const gan = ['loss/discriminator', 'loss/generator', 'loss/l1'];
    const expected = [
      ...gan.map((name) => [`train-base ${name}`, BASE_STEPS] as const),
      ...['fog', 'sepia', 'snow'].flatMap((concept) =>
        gan.map((name) => [`collect ${concept} ${name}`, STEPS] as const),
      ),
      ['train-generator loss', 2] as const,
      ...gan.map((name) => [`fine-tune dusk ${name}`, STEPS] as const),
      ...Object.values(METHODS).flatMap((method) =>
        gan.map((name) => [`evaluate ${method} ${name}`, STEPS] as const),
      ),
    ];
    expect(new Map([...losses].map(([key, values]) => [key, values.length]))).toEqual(new Map(expected));
    for (const [key, values] of losses) expect([key, values.every(Number.isFinite)]).toEqual([key, true]);
  });

  test('left the files that it says it wrote', () => {
    const artifacts = events.flatMap((event) => (event.type === 'artifact' ? [event] : []));
    expect(new Set(artifacts.map(({ kind }) => kind))).toEqual(
      new Set(['pairs', 'base', 'zoo-member', 'weight-generator', 'weights', 'images', 'report']),
    );
    for (const { file } of artifacts)
      expect([file, existsSync(join(project.folder, file))]).toEqual([file, true]);
    expect(readdirSync(join(project.folder, 'translated', 'dusk'))).toHaveLength(3);
  });

  test('was compared with every other start', () => {
    const { curves, size, images } = resultOf('evaluate').comparison as Comparison;
    expect([size, images]).toEqual([SIZE, 1]);
    expect(curves.map(({ method }) => method)).toEqual(Object.keys(METHODS));
    for (const { points } of curves) {
      expect(points.map(({ steps }) => steps)).toEqual([0, STEPS]);
      expect(points.every(({ psnr, ssim, l1 }) => [psnr, ssim, l1].every(Number.isFinite))).toBe(true);
    }
  });
});

describe('every artifact reloads', () => {
  const paths = () => projectPaths(project.folder);
  const withSections = (sections: Partial<TrainingConfig>): LoadedTraining => ({
    ...training,
    config: { ...training.config, ...sections },
  });

  test('the base, and into no other architecture', async () => {
    expect(base.generatorValues.every(Number.isFinite)).toBe(true);
    expect(base.generatorValues).not.toEqual(base.generator.initial(training.config.seed));
    const narrow = withSections({ generator: { ...training.config.generator, channels: 32 } });
    await expect(loadBase(project, narrow)).rejects.toThrow(
      'generator.channels is 64 in the file and 32 in the config',
    );
  });

  test('the zoo, each member trained away from the common start', async () => {
    const members = await readZoo(project, training, base);
    expect(members.map(({ concept }) => concept)).toEqual(['fog', 'sepia', 'snow']);
    for (const member of members) {
      const vector = finalVector(member);
      expect(vector).toHaveLength(base.lora.layout.size);
      expect(vector.every(Number.isFinite)).toBe(true);
      expect(vector).not.toEqual(base.loraStart);
    }
  });

  test('the weight generator, and into no other architecture', async () => {
    const { denoiser, denoiserValues } = await loadWeightGenerator(project, training, base);
    expect(denoiserValues).toHaveLength(denoiser.layout.size);
    expect(denoiserValues.every(Number.isFinite)).toBe(true);
    const halved = withSections({ weightGenerator: { ...training.config.weightGenerator, blockSize: 128 } });
    await expect(loadWeightGenerator(project, halved, base)).rejects.toThrow(
      'denoiser.blockSize is 256 in the file and 128 in the config',
    );
  });

  test('the weights of the new concept, denoised and fine-tuned', async () => {
    const read = (kind: 'denoised' | 'fine-tuned') =>
      readWeights(paths().weights('dusk', kind), base, 'Train them.');
    const [denoised, tuned] = [await read('denoised'), await read('fine-tuned')];
    for (const { kind, values } of [denoised, tuned]) {
      expect([kind, values.length]).toEqual(['lora', base.lora.layout.size]);
      expect(values.every(Number.isFinite)).toBe(true);
    }
    expect(tuned.values).not.toEqual(denoised.values);
  });

  test('the exported generator, which maps images of its size into [-1, 1]', async () => {
    const session = await ort.InferenceSession.create(paths().exported('dusk'));
    const shape = [1, 3, SIZE, SIZE];
    const source = Float32Array.from({ length: 3 * SIZE * SIZE }, (_, i) => Math.sin(i / 97));
    const { result } = await session.run({ image: new ort.Tensor('float32', source, shape) });
    expect(result!.dims).toEqual(shape);
    expect((result!.data as Float32Array).every((value) => Math.abs(value) <= 1)).toBe(true);
    await session.release();
  });
});

test(
  'the base is trained at 256 x 256 pixels, with the same networks',
  async () => {
    const folder = await paperProject(published.image.size);
    const full = await loadProject(folder);
    const recorded = recordedRun({ project: full, training: full.trainings[0]! });
    const { status, result } = await trainBase(recorded.context);
    expect(status).toBe('succeeded');
    const { parameters } = result as { parameters: unknown };
    expect(parameters).toEqual(resultOf('train-base').parameters);
    const losses = recorded.events.flatMap((event) =>
      event.type === 'metrics' ? [event.values['loss/generator'], event.values['loss/discriminator']] : [],
    );
    expect(losses).toHaveLength(2 * BASE_STEPS);
    expect(losses.every(Number.isFinite)).toBe(true);
  },
  longLimitMs,
);
