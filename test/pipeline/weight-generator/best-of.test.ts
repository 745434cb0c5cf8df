import { beforeAll, describe, expect, test } from 'vitest';
import { centeredImages } from '../../../src/data/image-sequence.ts';
import { preparePairs } from '../../../src/data/prepared.ts';
import type { StoredImages } from '../../../src/data/stored-images.ts';
import { loraInferenceStep } from '../../../src/models/gan-steps.ts';
import { editorsOn } from '../../../src/pipeline/image-editors/image-editors.ts';
import { psnr } from '../../../src/pipeline/metrics/image-metrics.ts';
import { denoise } from '../../../src/pipeline/stages/denoise.ts';
import { bestCandidate, drawSeeds } from '../../../src/pipeline/weight-generator/best-of.ts';
import {
  loadWeightGenerator,
  saveWeightGenerator,
  spaceOfBase,
} from '../../../src/pipeline/weight-generator/generator-file.ts';
import { drawsAreEqual } from '../../../src/pipeline/weight-generator/weight-sampler.ts';
import { readWeights } from '../../../src/pipeline/weights/weights-file.ts';
import { projectPaths } from '../../../src/project/paths.ts';
import { type TrainingConfig, trainingSchema } from '../../../src/project/schema/training-schema.ts';
import { UserError } from '../../../src/project/user-error.ts';
import { makeTrainedProject, type TrainedProject } from '../../engine/trained-project.ts';
import { normalValues, runEagerly } from '../../models/eager.ts';
import { stageContext } from '../stage-context.ts';

describe('of planted candidates', () => {
  const scores = new Map([
    [3, 18],
    [5, 22.5],
    [7, 22.5],
    [9, 21],
  ]);
  const pick = (seeds: number[]) =>
    bestCandidate(
      seeds,
      async (seed) => ({ seed }),
      async ({ seed }) => scores.get(seed)!,
    );

  test('the best is kept, wherever it stands', async () => {
    expect(await pick([3, 9, 5])).toMatchObject({ weights: { seed: 5 }, seed: 5 });
    expect(await pick([5, 3, 9])).toMatchObject({ weights: { seed: 5 }, seed: 5 });
  });

  test('the first of equals is kept, and every score is told in order', async () => {
    const { seed, candidates } = await pick([3, 7, 5]);
    expect(seed).toBe(7);
    expect(candidates).toEqual([
      { seed: 3, psnr: 18 },
      { seed: 7, psnr: 22.5 },
      { seed: 5, psnr: 22.5 },
    ]);
  });
});

test('seeds begin with the one asked for; more of them change none of the first', () => {
  const seeds = drawSeeds(42, 5);
  expect(seeds[0]).toBe(42);
  expect(drawSeeds(42, 3)).toEqual(seeds.slice(0, 3));
  expect(new Set(seeds).size).toBe(5);
  expect(drawSeeds(43, 5)[1]).not.toBe(seeds[1]);
});

test.each([
  [1, {}, true],
  [2, {}, false],
  [1, { gateInput: false }, false],
  // The linear schedule leaves some of the signal, and with it some of the noise.
  [1, { schedule: 'linear' }, false],
] as const)('whether %i steps with %o give equal draws is known: %s', (steps, changes, equal) => {
  expect(drawsAreEqual(trainingSchema.parse({ weightGenerator: changes }).weightGenerator, steps)).toBe(
    equal,
  );
});

describe('the denoise stage', () => {
  let trained: TrainedProject;
  beforeAll(async () => {
    trained = await makeTrainedProject();
    // An untrained denoiser's last layer is zero, so that it would give every seed the same.
    const { project, training, base } = trained;
    const generator = await loadWeightGenerator(project, training, base);
    const denoiserValues = normalValues(generator.denoiserValues.length, 9, 0.2);
    const path = projectPaths(project.folder).weightGenerator('tiny');
    await saveWeightGenerator(
      path,
      spaceOfBase(base),
      training.config.weightGenerator,
      { ...generator, denoiserValues },
      0,
    );
  });
  const subject = { concept: 'snow', seed: 5 };
  const denoisedWeights = () =>
    readWeights(projectPaths(trained.project.folder).weights('snow', 'denoised'), trained.base, '');

  /** Mean PSNR on the training images that tfjs's CPU backend gives. */
  async function trainingPsnr(lora: Float32Array, config: TrainingConfig): Promise<number> {
    const { image, seed } = config;
    const { base, project } = trained;
    const snow = project.concepts.find(({ name }) => name === 'snow')!;
    const { train, size } = (await preparePairs(snow, image, seed, { openEditor: editorsOn(config) }))!;
    const { generator, generatorValues, loraFrozen } = base;
    const step = loraInferenceStep({
      generator,
      batchSize: train.count,
      generatorValues,
      lora: base.lora,
      loraFrozen,
    });
    const images = (stored: StoredImages) =>
      centeredImages(stored, size, image.size, train.count).read(0, train.count);
    const translated = runEagerly(step, { lora }, { source: await images(train.source) }).outputs.image!;
    const target = await images(train.target);
    const values = target.length / train.count;
    const each = Array.from({ length: train.count }, (_, i) => {
      const cut = (of: Float32Array) => of.subarray(i * values, (i + 1) * values);
      return psnr(cut(translated), cut(target));
    });
    return each.reduce((sum, value) => sum + value, 0) / each.length;
  }

  test('keeps the draw that does best on training images, and tells what each did', async () => {
    const { context, logged } = stageContext(trained, { ...subject, steps: 3, bestOf: 3 });
    const { result } = await denoise(context);
    const { candidates } = result.bestOf as { candidates: { seed: number; psnr: number }[] };
    expect(candidates.map(({ seed }) => seed)).toEqual(drawSeeds(5, 3));
    expect(new Set(candidates.map(({ psnr: score }) => score)).size).toBe(3);
    const best = candidates.reduce((a, b) => (b.psnr > a.psnr ? b : a));
    const scores = candidates.map(({ psnr: score }) => score);
    const gap = (best.psnr - Math.min(...scores)).toFixed(2);
    const kept = await denoisedWeights();
    expect([result.seed, kept.seed]).toEqual([best.seed, best.seed]);
    expect(logged('info')).toContain(
      `snow: the best of 3 draws on 4 training images has seed ${best.seed}, ${gap} dB above the worst`,
    );
    for (const { seed, psnr: score } of candidates) {
      await denoise(stageContext(trained, { ...subject, seed, steps: 3 }).context);
      const alone = await denoisedWeights();
      expect(await trainingPsnr(alone.values, context.training.config)).toBeCloseTo(score, 2);
      expect(logged('info').join('\n')).toContain(`seed ${seed}, ${score.toFixed(2)} dB on training images`);
      if (seed === best.seed) expect(alone.values).toEqual(kept.values);
    }
  });

  test('draws as often as the config says', async () => {
    const { context } = stageContext(trained, subject, (config) => ({
      ...config,
      weightGenerator: {
        ...config.weightGenerator,
        sampling: { ...config.weightGenerator.sampling, steps: 2, bestOf: 2 },
      },
    }));
    expect((await denoise(context)).result).toMatchObject({
      bestOf: { images: 4, candidates: [{ seed: 5 }, {}] },
    });
  });

  test('refuses to choose among equal draws, naming the remedy', async () => {
    const before = await denoisedWeights();
    const { context } = stageContext(trained, { ...subject, bestOf: 4 });
    await expect(denoise(context)).rejects.toThrow(UserError);
    await expect(denoise(context)).rejects.toThrow(
      /^best of 4: one denoising step with weightGenerator\.gateInput .* Set weightGenerator\.sampling\.steps above 1/,
    );
    expect(await denoisedWeights()).toEqual(before);
  });

  test('needs no images for one draw', async () => {
    const { context, events } = stageContext(trained, subject);
    const { result } = await denoise(context);
    expect(result).toMatchObject({ seed: 5, steps: 1 });
    expect(result).not.toHaveProperty('bestOf');
    expect(events.some((event) => event.type === 'progress' && event.message.includes('preparing'))).toBe(
      false,
    );
  });
});
