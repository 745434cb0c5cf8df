import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { selectDevice } from '../../../src/compute/devices.ts';
import { preparePairs } from '../../../src/data/prepared.ts';
import { readSafetensors, type WritableTensor, writeSafetensors } from '../../../src/data/safetensors.ts';
import { Vocabulary } from '../../../src/data/text.ts';
import { wordTable } from '../../../src/data/word-table.ts';
import { loraInferenceStep } from '../../../src/models/gan-steps.ts';
import { fitRidge, predictRidge } from '../../../src/models/ridge.ts';
import { measureMemorization } from '../../../src/pipeline/evaluation/measure-memorization.ts';
import { memorizationVerdict } from '../../../src/pipeline/evaluation/memorization.ts';
import { memorizationLines } from '../../../src/pipeline/evaluation/memorization-report.ts';
import { editorsOn } from '../../../src/pipeline/image-editors/image-editors.ts';
import { type HeldOutImages, heldOutImages } from '../../../src/pipeline/metrics/held-out.ts';
import { psnr } from '../../../src/pipeline/metrics/image-metrics.ts';
import { denoise } from '../../../src/pipeline/stages/denoise.ts';
import { trainGenerator } from '../../../src/pipeline/stages/train-generator.ts';
import { loadWeightGenerator } from '../../../src/pipeline/weight-generator/generator-file.ts';
import {
  promptDistance,
  type StartCalibration,
} from '../../../src/pipeline/weight-generator/start-estimate.ts';
import { ridgeOfZoo } from '../../../src/pipeline/weight-generator/weight-codec.ts';
import { readZoo } from '../../../src/pipeline/weights/zoo-vectors.ts';
import { loadProject } from '../../../src/project/load.ts';
import { projectPaths } from '../../../src/project/paths.ts';
import type { TrainingConfig } from '../../../src/project/schema/training-schema.ts';
import { writeConcept } from '../../engine/example-project.ts';
import { makeTrainedProject, type TrainedProject } from '../../engine/trained-project.ts';
import { runEagerly } from '../../models/eager.ts';
import { stageContext } from '../stage-context.ts';

let trained: TrainedProject;
beforeEach(async () => {
  trained = await makeTrainedProject();
});

async function heldOutOf(concept: string) {
  const { project, training } = trained;
  const { image, seed } = training.config;
  const found = project.concepts.find(({ name }) => name === concept)!;
  const { test: pairs, size } = (await preparePairs(found, image, seed, {
    openEditor: editorsOn(training.config),
  }))!;
  return heldOutImages(pairs, size, image.size, 2);
}

/** What tfjs's CPU backend makes of held-out images. */
async function translated(lora: Float32Array, images: HeldOutImages): Promise<Float32Array> {
  const { count } = images;
  const source = await images.source.read(0, count);
  const { generator, generatorValues, loraFrozen, lora: adapter } = trained.base;
  const step = loraInferenceStep({ generator, batchSize: count, generatorValues, lora: adapter, loraFrozen });
  return runEagerly(step, { lora }, { source }).outputs.image!;
}

describe('memorization of denoised weights', () => {
  async function memorizationOf(vector: Float32Array) {
    const { project, base, training } = trained;
    const { context } = stageContext(trained);
    const concept = project.concepts.find(({ name }) => name === 'snow')!;
    const { device, threads } = { ...training.config, device: 'cpu' as const, threads: 1 };
    const images = await heldOutOf('snow');
    const options = { base, concept, vector, images, device: await selectDevice(device, threads), seed: 5 };
    return { images, memorization: (await measureMemorization(context, options))! };
  }

  test('of weights that are a zoo member is none: a copy', async () => {
    const { memorization } = await memorizationOf(trained.zoo.dusk!);
    expect(memorization.nearest[0]).toEqual({ concept: 'dusk', distance: 0, likeness: 100 });
    expect(memorizationVerdict(memorization)).toMatchObject({ verdict: 'copy', ratio: 0 });
    expect(memorizationLines(memorization).at(-1)).toMatch(
      /^Is it a copy\? Yes: snow is 0\.00 from the nearest zoo member \(dusk\)/,
    );
  });

  test('of unrelated weights is found, with what they and their neighbors make of the images', async () => {
    const { memorization, images } = await memorizationOf(trained.denoised);
    expect(memorizationVerdict(memorization).verdict).toBe('new');
    expect(memorization.nearestByPrompt.concept).toBe('snow');
    const own = await translated(trained.denoised, images);
    for (const { concept, likeness } of [...memorization.nearest, memorization.nearestByPrompt]) {
      expect(likeness).toBeCloseTo(psnr(own, await translated(trained.zoo[concept]!, images)), 1);
    }
    expect(memorization.memberDistances).toHaveLength(3);
    // Drawn in one gated step.
    expect(memorizationLines(memorization)[3]).toBe('4 seeds: every draw gives the same weights');
  });
});

const briefly = (config: TrainingConfig): TrainingConfig => ({
  ...config,
  weightGenerator: { ...config.weightGenerator, steps: 1, batchSize: 2 },
});

async function calibrationOf(): Promise<StartCalibration | undefined> {
  return (await loadWeightGenerator(trained.project, trained.training, trained.base)).calibration;
}

/** Of two images. */
function meanPsnr(made: Float32Array, target: Float32Array): number {
  const half = made.length / 2;
  const [first, second] = [0, half].map((from) =>
    psnr(made.subarray(from, from + half), target.subarray(from, from + half)),
  );
  return (first! + second!) / 2;
}

/** The project with one more concept, which has no zoo member. */
async function withConcept(
  effect: string,
  prompt: string,
): Promise<Pick<TrainedProject, 'project' | 'training'>> {
  const { folder } = trained.project;
  writeConcept(folder, effect, prompt);
  const project = await loadProject(folder);
  return { project, training: project.trainings[0]! };
}

describe('calibration of what to expect', () => {
  const NAMES = ['dusk', 'fog', 'snow'];

  test('has for each member what the others predict for it', async () => {
    const { zoo } = trained;
    const { context, events } = stageContext(trained, {}, briefly);
    expect((await trainGenerator(context)).result).toMatchObject({ calibratedConcepts: 3 });
    const part = (message: string) =>
      events.filter((event) => 'message' in event && event.message === message);
    expect(part('reading the zoo').at(-1)).toMatchObject({ type: 'progress', done: 3, total: 3 });
    for (const message of [
      'fitting the ridge regression from prompts',
      'predicting members of the zoo from the others',
    ]) {
      const told = part(message) as unknown as { done: number; total: number }[];
      expect(told.at(-1)).toMatchObject({ done: told.at(-1)!.total });
      // Of many parts, not of three members only.
      expect(Math.max(...told.map(({ total }) => total))).toBeGreaterThan(3);
    }
    const { lambda, points } = (await calibrationOf())!;

    const prompts = NAMES.map((name) => `prompt of ${name}`);
    const vocabulary = Vocabulary.ofPrompts(prompts);
    const features = prompts.map((prompt) => vocabulary.bagOfWords(prompt));
    expect(lambda).toBe(
      (
        await fitRidge(
          features,
          NAMES.map((name) => zoo[name]!),
        )
      ).lambda,
    );
    for (const { concept, distance, psnr: score } of points) {
      const i = NAMES.indexOf(concept);
      const others = prompts.filter((_, j) => j !== i);
      expect(distance).toBeCloseTo(await promptDistance(wordTable, others, prompts[i]!, lambda), 6);
      // The word that tells a member from the others is in no other prompt, and the two others have theirs in equal
      // shares: the prediction is their mean.
      const [a, b] = NAMES.filter((name) => name !== concept).map((name) => zoo[name]!) as [
        Float32Array,
        Float32Array,
      ];
      const images = await heldOutOf(concept);
      const made = await translated(
        a.map((value, j) => (value + b[j]!) / 2),
        images,
      );
      expect(score).toBeCloseTo(meanPsnr(made, await images.target.read(0, images.count)), 2);
    }
    // The example's base says that it was trained on fog and snow.
    expect(points.map(({ concept, knownTo }) => `${concept} ${knownTo}`).sort()).toEqual([
      'dusk zoo',
      'fog base',
      'snow base',
    ]);
    const { logged, context: denoising } = stageContext(await withConcept('night', 'make it snow'), {
      concept: 'night',
    });
    const { result } = await denoise(denoising);
    const scores = points.map((point) => point.psnr).sort((x, y) => x - y);
    const [low, middle, high] = scores.map((value) => value.toFixed(1));
    expect(logged('info')[0]).toBe(
      `night: expected at the start: ${middle} dB (${low} to ${high} with 50 % probability), from 3 leave-one-out starts at similar distance, at best`,
    );
    // "make it snow" has two words that no zoo prompt has.
    expect(logged('warning')[0]).toMatch(/^night: 2 of 3 words were never seen in a zoo prompt \(make, it\)/);
    expect(result).toMatchObject({
      unseenWords: ['make', 'it'],
      zooDistance: { members: 3, expected: { psnr: scores[1], low: scores[0], high: scores[2], starts: 3 } },
    });
  });

  test('has what the whole zoo predicts for a concept that is held out', async () => {
    const { project, training } = await withConcept('night', 'prompt of fog snow');
    const { context } = stageContext({ project, training }, {}, (config) => ({
      ...briefly(config),
      collect: { ...config.collect, holdOut: ['night'] },
    }));
    await trainGenerator(context);
    const { lambda, points } = (await calibrationOf())!;
    const held = points.find(({ concept }) => concept === 'night')!;
    const prompts = NAMES.map((name) => `prompt of ${name}`);
    expect(held).toMatchObject({
      knownTo: 'neither',
      distance: expect.closeTo(await promptDistance(wordTable, prompts, 'prompt of fog snow', lambda), 10),
    });
    const { image, seed } = training.config;
    const concept = project.concepts.find(({ name }) => name === 'night')!;
    const { test: pairs, size } = (await preparePairs(concept, image, seed, {
      openEditor: editorsOn(training.config),
    }))!;
    const images = heldOutImages(pairs, size, image.size, 2);
    const encoder = await wordTable.fit(prompts);
    const ridge = await ridgeOfZoo(encoder, await readZoo(project, training, trained.base));
    const prediction = predictRidge(ridge, Vocabulary.ofPrompts(prompts).bagOfWords('prompt of fog snow'));
    const [made, targets] = [await translated(prediction, images), await images.target.read(0, images.count)];
    expect(held.psnr).toBeCloseTo(meanPsnr(made, targets), 2);
  });

  test('leaves out members whose images are gone, and says so', async () => {
    rmSync(join(trained.project.folder, 'images'), { recursive: true });
    const { context, logged } = stageContext(trained, {}, briefly);
    expect((await trainGenerator(context)).result).toMatchObject({ calibratedConcepts: 0 });
    expect(logged('warning').filter((text) => text.includes('left out'))).toEqual(
      NAMES.map((name) =>
        expect.stringMatching(`^${name}: left out of the estimate of the expected quality: `),
      ),
    );
    expect((await calibrationOf())!.points).toEqual([]);
    const denoising = stageContext(trained, { concept: 'snow' });
    await denoise(denoising.context);
    expect(denoising.logged('info')).toEqual([]);
  });

  test('is absent from a file of before there was one, which still denoises', async () => {
    expect(await calibrationOf()).toBeUndefined();
    const { context, logged } = stageContext(trained, { concept: 'snow' });
    expect((await denoise(context)).result).not.toHaveProperty('zooDistance');
    expect(logged('info')).toEqual([]);
  });

  test('that cannot be read is a damaged file', async () => {
    const path = projectPaths(trained.project.folder).weightGenerator('tiny');
    const { tensors, metadata } = await readSafetensors(path);
    const extra = { ...JSON.parse(metadata.extra!), calibration: { lambda: 0, points: [] } };
    await writeSafetensors(path, tensors as ReadonlyMap<string, WritableTensor>, {
      ...metadata,
      extra: JSON.stringify(extra),
    });
    await expect(calibrationOf()).rejects.toThrow(
      /its calibration cannot be read.*train the weight generator again/,
    );
  });
});
