/** The references: training a whole generator from random weights. */
import type { PreparedPairs } from '../../src/data/prepared.ts';
import { createDiscriminator } from '../../src/models/discriminator.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import { pix2pixGenerator } from '../../src/pipeline/evaluation/scratch-settings.ts';
import type { RunWriter } from '../../src/pipeline/stage.ts';
import { createScratchTrainer } from '../../src/pipeline/training/concept-training.ts';
import type { GeneratorTrainer } from '../../src/pipeline/training/generator-trainer.ts';
import type { LoadedConcept, LoadedTraining } from '../../src/project/load.ts';
import { type BenchContext, device, heldOut } from './context.ts';
import { type CurvePoint, evenDiverged } from './curve.ts';
import { pointOf } from './point.ts';
import type { ScratchSettings } from './work.ts';

/**
 * Highest learning rate of the discriminator. Pix2pix's learns at the generator's rate; a tuned generator's higher rate
 * does not suit it.
 */
const MOST_DISCRIMINATOR_RATE = 2e-4;

/** A concept with its pairs and its training config. */
export interface Subject {
  readonly training: LoadedTraining;
  readonly concept: LoadedConcept;
  readonly pairs: PreparedPairs;
}

export async function scratchTrainer(
  context: BenchContext,
  { training: { config }, pairs }: Subject,
  { generator, optimizer = 'adam', beta1, beta2, warmup = 0, ...settings }: ScratchSettings,
  seed: number,
): Promise<GeneratorTrainer> {
  return createScratchTrainer({
    config,
    generator:
      generator === 'resnet'
        ? pix2pixGenerator(config)
        : createImageGenerator({ ...config.generator, imageSize: config.image.size }),
    discriminator: createDiscriminator(config.discriminator),
    settings: {
      ...settings,
      warmup,
      discriminatorLearningRate: Math.min(settings.learningRate, MOST_DISCRIMINATOR_RATE),
      optimizer: { kind: optimizer, beta1, beta2 },
      discriminatorOptimizer: { kind: 'adam', beta1, beta2 },
    },
    images: heldOut(pairs, config).count,
    seed,
    device: await device(context),
  });
}

/**
 * Trains a whole generator on a concept.
 * @returns quality on the held-out images after each of the steps in `measure`
 */
export async function trainFromScratch(
  context: BenchContext,
  subject: Subject,
  run: RunWriter,
  {
    settings,
    seed,
    measure,
  }: { readonly settings: ScratchSettings; readonly seed: number; readonly measure: readonly number[] },
): Promise<CurvePoint[]> {
  const trainer = await scratchTrainer(context, subject, settings, seed);
  const { pairs, training } = subject;
  const images = heldOut(pairs, training.config);
  const points: CurvePoint[] = [];
  try {
    const whole = trainer.train({
      run,
      shouldStop: () => false,
      resume: false,
      pairs,
      seed,
      message: 'training from scratch',
      checkpointEvery: settings.steps,
      measure: {
        at: (done) => measure.includes(done),
        run: async (done) => {
          points.push(await pointOf(done, trainer.translate(images), images.size));
        },
      },
    });
    await evenDiverged(whole, points, settings.steps);
    return points;
  } finally {
    await trainer.dispose();
  }
}
