/** Training a whole generator from random weights: the references. */
import type { PreparedPairs } from '../../src/data/prepared.ts';
import { createDiscriminator } from '../../src/models/discriminator.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import type { RunWriter } from '../../src/pipeline/stage.ts';
import { pix2pixGenerator, ScratchTraining } from '../../src/pipeline/training/scratch-training.ts';
import { trainingLoop } from '../../src/pipeline/training/training-loop.ts';
import type { LoadedTraining } from '../../src/project/load.ts';
import { type BenchContext, device, heldOut } from './context.ts';
import { type CurvePoint, evenDiverged } from './curve.ts';
import { pointOf } from './point.ts';
import type { ScratchSettings } from './work.ts';

/** Pix2pix's discriminator learns at the generator's rate; a tuned generator's higher one is not for it. */
const MOST_DISCRIMINATOR_RATE = 2e-4;

export async function createScratchTraining(
  context: BenchContext,
  { config }: LoadedTraining,
  pairs: PreparedPairs,
  { generator, optimizer = 'adam', beta1, beta2, warmup = 0, ...settings }: ScratchSettings,
  seed: number,
): Promise<ScratchTraining> {
  return ScratchTraining.create({
    config,
    generator:
      generator === 'resnet'
        ? pix2pixGenerator(config)
        : createImageGenerator({ ...config.generator, imageSize: config.image.size }),
    discriminator: createDiscriminator(config.discriminator),
    pairs,
    heldOut: heldOut(pairs, config),
    settings: {
      ...settings,
      warmup,
      discriminatorLearningRate: Math.min(settings.learningRate, MOST_DISCRIMINATOR_RATE),
      optimizers: {
        generator: { kind: optimizer, beta1, beta2 },
        discriminator: { kind: 'adam', beta1, beta2 },
      },
    },
    seed,
    device: await device(context),
  });
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
  const scratch = await createScratchTraining(context, training, pairs, settings, seed);
  const images = heldOut(pairs, training.config);
  const points: CurvePoint[] = [];
  try {
    const whole = trainingLoop({
      run,
      shouldStop: () => false,
      resume: false,
      executor: scratch.executor,
      groups: scratch.groups,
      architecture: { kind: 'scratch' },
      steps: settings.steps,
      checkpointEvery: settings.steps,
      message: 'training from scratch',
      step: (index) => scratch.step(index),
      measure: {
        at: (done) => measure.includes(done),
        run: async (done) => {
          points.push(pointOf(done, await scratch.translate(), images));
        },
      },
    });
    await evenDiverged(whole, points, settings.steps);
    return points;
  } finally {
    await scratch.dispose();
  }
}
