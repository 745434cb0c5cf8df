import { createExecutor } from '../../compute/executor.ts';
import type { DeviceReport, Executor, OptimizerOptions, StepDefinition } from '../../compute/types.ts';
import { PairBatches } from '../../data/pair-batches.ts';
import type { PreparedPairs } from '../../data/prepared.ts';
import type { CheckpointArchitecture } from '../../models/checkpoint.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import {
  type HeldOutImages,
  type Look,
  measuringBatch,
  qualityOf,
  type TranslatedPairs,
  translateAll,
} from '../metrics/held-out.ts';
import type { ImageQuality } from '../metrics/image-metrics.ts';
import { type GanSchedule, ganLearningRates } from './learning-rate.ts';
import { pairsDigest, type TrainingData } from './training-data.ts';
import {
  type TrainingLoopOptions,
  type TrainingOutcome,
  type TrainingStep,
  trainingLoop,
} from './training-loop.ts';

/** What is trained besides the discriminator: the whole generator, or LoRA weights on a frozen one. */
export type TrainedGroup = 'generator' | 'lora';

/** Settings of a GAN training; `learningRate` applies to the trained group. */
export interface GeneratorTrainingSettings extends GanSchedule {
  readonly batchSize: number;
  readonly optimizer: OptimizerOptions;
  readonly discriminatorOptimizer: OptimizerOptions;
}

/** A trained group with its networks, before anything is compiled. */
export interface TrainableGenerator {
  readonly group: TrainedGroup;
  /** A step over `group` and `discriminator`, with the inputs `source` and `target`. */
  readonly trainingStep: StepDefinition;
  /** A step over `group`, for batches of `measuringBatch(images)` images. */
  readonly inferenceStep: StepDefinition;
  /** Most images to translate at once. */
  readonly images: number;
  /** Initial values of `group` and of the discriminator. */
  readonly values: Float32Array;
  readonly discriminatorValues: Float32Array;
  /** Architecture that checkpoints of the training store. */
  readonly architecture: CheckpointArchitecture;
  /** Digest of the frozen weights that the steps read, by what they are. */
  readonly frozen: TrainingData;
}

/** What one training needs besides the compiled step; see `TrainingLoopOptions`. */
export interface GeneratorTrainingOptions
  extends Omit<TrainingLoopOptions, 'executor' | 'groups' | 'architecture' | 'data' | 'steps' | 'step'> {
  readonly pairs: PreparedPairs;
  /** Seed of the order of the pairs. */
  readonly seed: number;
}

/**
 * Trains a generator, or LoRA weights on it, on the pairs of one concept after another with one compiled step. Only
 * the state is replaced between trainings, so tracing and session creation happen once.
 */
export class GeneratorTrainer {
  private constructor(
    private readonly trainable: TrainableGenerator,
    private readonly settings: GeneratorTrainingSettings,
    private readonly image: TrainingConfig['image'],
    private readonly executor: Executor,
    private readonly inference: Executor,
  ) {}

  /** @param image size and flips of the images, from the training config */
  static async create(
    trainable: TrainableGenerator,
    settings: GeneratorTrainingSettings,
    image: TrainingConfig['image'],
    device: DeviceReport,
  ): Promise<GeneratorTrainer> {
    const { group, values, discriminatorValues } = trainable;
    const executor = await createExecutor(trainable.trainingStep, {
      device,
      values: { [group]: values.slice(), discriminator: discriminatorValues.slice() },
      optimizers: { [group]: settings.optimizer, discriminator: settings.discriminatorOptimizer },
    });
    const inference = await createExecutor(trainable.inferenceStep, {
      device,
      values: { [group]: values.slice() },
    });
    return new GeneratorTrainer(trainable, settings, image, executor, inference);
  }

  /** The parameter group that is trained besides the discriminator. */
  get group(): TrainedGroup {
    return this.trainable.group;
  }

  /** Sets the initial values of the next training, with fresh optimizer moments. */
  async start(values: Float32Array, discriminatorValues: Float32Array): Promise<void> {
    await this.executor.load(this.group, { values: values.slice() });
    await this.executor.load('discriminator', { values: discriminatorValues.slice() });
  }

  /** Trains from the current state. See `trainingLoop` for checkpoints, resuming, stopping and errors. */
  async train({ pairs, seed, ...loop }: GeneratorTrainingOptions): Promise<TrainingOutcome> {
    return trainingLoop({
      ...loop,
      executor: this.executor,
      groups: [this.group, 'discriminator'],
      architecture: this.trainable.architecture,
      data: {
        ...this.trainable.frozen,
        [loop.concept ? `the pairs of ${loop.concept}` : 'the pairs']: await pairsDigest(pairs),
      },
      steps: this.settings.steps,
      step: this.#stepsOn(pairs, seed),
    });
  }

  /** A function that takes single steps on these pairs, without checkpoints or measurements. */
  stepper(pairs: PreparedPairs, seed: number): (index: number) => Promise<void> {
    const stepAt = this.#stepsOn(pairs, seed);
    return async (index) => {
      const { inputs, learningRates } = await stepAt(index);
      await this.executor.run(inputs, learningRates);
    };
  }

  #stepsOn(pairs: PreparedPairs, seed: number): (index: number) => Promise<TrainingStep> {
    const { settings, image } = this;
    const batches = new PairBatches([pairs.train], {
      storedSize: pairs.size,
      size: image.size,
      batchSize: settings.batchSize,
      flip: image.flip,
      seed,
    });
    return async (index) => {
      const { source, target } = await batches.batch(index);
      const { generator, discriminator } = ganLearningRates(settings, index);
      return { inputs: { source, target }, learningRates: { [this.group]: generator, discriminator } };
    };
  }

  /** The current trained values: a LoRA vector, or the whole generator. */
  async values(): Promise<Float32Array> {
    return (await this.executor.values(this.group)).slice();
  }

  async discriminatorValues(): Promise<Float32Array> {
    return (await this.executor.state('discriminator')).values;
  }

  /** Translates held-out images with the current values. */
  async *translate(heldOut: HeldOutImages): AsyncGenerator<TranslatedPairs> {
    await this.inference.load(this.group, { values: await this.executor.values(this.group) });
    const batchSize = measuringBatch(this.trainable.images);
    yield* translateAll({ executor: this.inference, batchSize }, heldOut);
  }

  /** Translates held-out images and compares each with its target. */
  async measure(heldOut: HeldOutImages, look?: Look): Promise<ImageQuality[]> {
    return qualityOf(this.translate(heldOut), heldOut.size, look);
  }

  async dispose(): Promise<void> {
    await this.executor.dispose();
    await this.inference.dispose();
  }
}
