import { createExecutor } from '../../compute/executor.ts';
import type { DeviceReport, Executor, OptimizerOptions } from '../../compute/types.ts';
import { PairBatches } from '../../data/pair-batches.ts';
import type { PreparedPairs } from '../../data/prepared.ts';
import type { Discriminator } from '../../models/discriminator.ts';
import { fullTrainingStep, inferenceStep } from '../../models/gan-steps.ts';
import { createImageGenerator, type ImageGenerator } from '../../models/image-generator.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { type HeldOutImages, measuringBatch, translateAll } from '../metrics/held-out.ts';
import { type LearningRateSchedule, learningRateFactor } from './learning-rate.ts';
import type { TrainingStep } from './training-loop.ts';

/** How a whole generator is trained from random weights. */
export interface ScratchSettings extends LearningRateSchedule {
  readonly steps: number;
  readonly batchSize: number;
  /** At the schedule's height. */
  readonly learningRate: number;
  readonly discriminatorLearningRate: number;
  readonly optimizers: Readonly<Record<'generator' | 'discriminator', OptimizerOptions>>;
  /** The discriminator is updated every so many steps. */
  readonly discriminatorEvery: number;
}

export interface ScratchOptions {
  readonly config: TrainingConfig;
  readonly generator: ImageGenerator;
  readonly discriminator: Discriminator;
  readonly pairs: PreparedPairs;
  /** What is translated on the way. */
  readonly heldOut: HeldOutImages;
  readonly settings: ScratchSettings;
  /** Of the first weights and of the order of the images. */
  readonly seed: number;
  readonly device: DeviceReport;
}

/** A generator and its discriminator from random weights: the executor, what each step takes, and what it makes. */
export class ScratchTraining {
  /** Parameter groups of the executor. */
  readonly groups = ['generator', 'discriminator'] as const;

  private constructor(
    readonly executor: Executor,
    private readonly inference: Executor,
    private readonly batches: PairBatches,
    private readonly options: ScratchOptions,
  ) {}

  static async create(options: ScratchOptions): Promise<ScratchTraining> {
    const { config, generator, discriminator, pairs, heldOut, settings, seed, device } = options;
    const { loss, lambdaL1 } = config.discriminator;
    const { batchSize, optimizers } = settings;
    const values = { generator: generator.initial(seed), discriminator: discriminator.initial(seed) };
    const executor = await createExecutor(
      fullTrainingStep({ generator, discriminator, batchSize, loss, lambdaL1 }),
      { device, values, optimizers },
    );
    const inference = await createExecutor(
      inferenceStep({ generator, batchSize: measuringBatch(heldOut.count) }),
      { device, values: { generator: values.generator.slice() } },
    );
    const batches = new PairBatches([pairs.train], {
      storedSize: pairs.size,
      size: config.image.size,
      batchSize,
      flip: config.image.flip,
      seed,
    });
    return new ScratchTraining(executor, inference, batches, options);
  }

  /** Data and learning rates of a 0-based step. */
  step(index: number): TrainingStep {
    const { settings } = this.options;
    const { source, target } = this.batches.batch(index);
    const factor = learningRateFactor(settings, index, settings.steps);
    return {
      inputs: { source, target },
      learningRates: {
        generator: factor * settings.learningRate,
        discriminator:
          index % settings.discriminatorEvery === 0 ? factor * settings.discriminatorLearningRate : 0,
      },
    };
  }

  /** The held-out images as the generator translates them now: [count, size, size, 3] in [-1, 1]. */
  async translate(): Promise<Float32Array> {
    const { source, size, count } = this.options.heldOut;
    await this.inference.load('generator', { values: await this.executor.values('generator') });
    return translateAll(this.inference, source, size, measuringBatch(count));
  }

  async dispose(): Promise<void> {
    await this.executor.dispose();
    await this.inference.dispose();
  }
}

/** The ResNet of Pix2pix and CycleGAN (Isola et al. 2017, Johnson et al. 2016), instance-normalized. */
export function pix2pixGenerator({ evaluate: { scratch }, image }: TrainingConfig): ImageGenerator {
  const { channels, blocks } = scratch;
  return createImageGenerator({ kind: 'resnet', channels, blocks, imageSize: image.size, norm: 'instance' });
}
