/** Training a whole generator from random weights: the references. */
import { createExecutor } from '../../src/compute/executor.ts';
import type { Executor } from '../../src/compute/types.ts';
import type { PreparedPairs } from '../../src/data/prepared.ts';
import { createDiscriminator } from '../../src/models/discriminator.ts';
import { fullTrainingStep, inferenceStep } from '../../src/models/gan-steps.ts';
import { createImageGenerator, type ImageGenerator } from '../../src/models/image-generator.ts';
import type { HeldOutImages } from '../../src/pipeline/held-out.ts';
import { translateAll } from '../../src/pipeline/held-out.ts';
import { learningRateFactor } from '../../src/pipeline/learning-rate.ts';
import { PairBatches } from '../../src/pipeline/pair-batches.ts';
import type { RunWriter } from '../../src/pipeline/stage.ts';
import { trainingLoop } from '../../src/pipeline/training-loop.ts';
import type { LoadedTraining } from '../../src/project/load.ts';
import { type BenchContext, device, heldOut } from './context.ts';
import { type CurvePoint, evenDiverged } from './curve.ts';
import { pointOf } from './point.ts';
import type { ScratchSettings } from './work.ts';

const INFERENCE_BATCH = 8;

export interface ScratchTraining {
  readonly executor: Executor;
  readonly generator: ImageGenerator;
  /** One step; returns nothing, since its losses are in the executor's outputs. */
  step(index: number): { inputs: Record<string, Float32Array>; learningRates: Record<string, number> };
}

function generatorOf(settings: ScratchSettings, { config }: LoadedTraining): ImageGenerator {
  const { size } = config.image;
  if (settings.generator === 'e2gan') return createImageGenerator({ ...config.generator, imageSize: size });
  const { channels, blocks } = config.evaluate.scratch;
  return createImageGenerator({ kind: 'resnet', channels, blocks, imageSize: size, norm: 'instance' });
}

export async function createScratchTraining(
  context: BenchContext,
  training: LoadedTraining,
  pairs: PreparedPairs,
  settings: ScratchSettings,
  seed: number,
): Promise<ScratchTraining> {
  const { config } = training;
  const { loss, lambdaL1 } = config.discriminator;
  const { batchSize, learningRate, beta1, beta2, discriminatorEvery } = settings;
  const generator = generatorOf(settings, training);
  const discriminator = createDiscriminator(config.discriminator);
  const adam = { kind: 'adam', beta1, beta2 } as const;
  const executor = await createExecutor(
    fullTrainingStep({ generator, discriminator, batchSize, loss, lambdaL1 }),
    {
      device: await device(context),
      values: { generator: generator.initial(seed), discriminator: discriminator.initial(seed) },
      optimizers: { generator: adam, discriminator: adam },
    },
  );
  const batches = new PairBatches([pairs.train], {
    storedSize: pairs.size,
    size: config.image.size,
    batchSize,
    flip: config.image.flip,
    seed,
  });
  return {
    executor,
    generator,
    step: (index) => {
      const { source, target } = batches.batch(index);
      const factor = learningRateFactor(
        { schedule: settings.schedule, warmup: settings.warmup ?? 0 },
        index,
        settings.steps,
      );
      // Pix2pix's discriminator learns at the generator's rate; a tuned generator's higher one is not for it.
      const discriminatorRate = Math.min(learningRate, 2e-4);
      return {
        inputs: { source, target },
        learningRates: {
          generator: factor * learningRate,
          discriminator: index % discriminatorEvery === 0 ? factor * discriminatorRate : 0,
        },
      };
    },
  };
}

export async function trainFromScratch(
  context: BenchContext,
  training: LoadedTraining,
  pairs: PreparedPairs,
  run: RunWriter,
  settings: ScratchSettings,
  seed: number,
  measure: readonly number[],
): Promise<CurvePoint[]> {
  const { executor, generator, step } = await createScratchTraining(context, training, pairs, settings, seed);
  const images: HeldOutImages = heldOut(pairs, training);
  const inference = await createExecutor(inferenceStep({ generator, batchSize: INFERENCE_BATCH }), {
    device: await device(context),
    values: { generator: generator.initial(seed) },
  });
  const points: CurvePoint[] = [];
  try {
    const training = trainingLoop({
      run,
      shouldStop: () => false,
      resume: false,
      executor,
      groups: ['generator', 'discriminator'],
      architecture: { kind: 'scratch', generator: { ...generator.options } },
      steps: settings.steps,
      checkpointEvery: settings.steps,
      message: 'training from scratch',
      step,
      measure: {
        at: (done) => measure.includes(done),
        run: async (done) => {
          await inference.load('generator', { values: await executor.values('generator') });
          const translated = await translateAll(inference, images.source, images.size, INFERENCE_BATCH);
          points.push(pointOf(done, translated, images));
        },
      },
    });
    await evenDiverged(training, points, settings.steps);
    return points;
  } finally {
    await executor.dispose();
    await inference.dispose();
  }
}
