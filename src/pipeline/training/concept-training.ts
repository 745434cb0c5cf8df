import { createExecutor } from '../../compute/executor.ts';
import type { DeviceReport, Executor } from '../../compute/types.ts';
import { PairBatches } from '../../data/pair-batches.ts';
import type { PreparedPairs } from '../../data/prepared.ts';
import {
  fullTrainingStep,
  inferenceStep,
  loraInferenceStep,
  loraTrainingStep,
} from '../../models/gan-steps.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { type HeldOutImages, measuringBatch, qualityOf, translateAll } from '../metrics/held-out.ts';
import type { ImageQuality } from '../metrics/image-metrics.ts';
import type { RunWriter } from '../stage.ts';
import type { BaseModel } from '../weights/base-model.ts';
import { type LearningRateSchedule, learningRateFactor } from './learning-rate.ts';
import { type TrainingOutcome, type TrainingStep, trainingLoop } from './training-loop.ts';

/** How a concept is trained: the keys that `collect` and `fineTune` share. */
export interface ConceptTrainingSettings extends LearningRateSchedule {
  readonly steps: number;
  readonly batchSize: number;
  /** Of what is trained; the discriminator's is Adam. */
  readonly optimizer: 'adam' | 'muon';
  readonly learningRate: number;
  readonly discriminatorLearningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly trainable: 'lora' | 'all';
}

/**
 * Trains a generator on one concept after another on the same base, with one compiled step: only the state
 * is exchanged between concepts, so that tracing and session creation are paid once.
 */
export class ConceptTrainer {
  private constructor(
    private readonly base: BaseModel,
    private readonly settings: ConceptTrainingSettings,
    private readonly config: TrainingConfig,
    private readonly executor: Executor,
    private readonly inference: Executor,
  ) {}

  static async create(
    base: BaseModel,
    config: TrainingConfig,
    settings: ConceptTrainingSettings,
    device: DeviceReport,
  ): Promise<ConceptTrainer> {
    const { generator, discriminator, lora, loraFrozen, generatorValues } = base;
    const { loss, lambdaL1 } = config.discriminator;
    const { optimizer, beta1, beta2 } = settings;
    const adam = { kind: 'adam', beta1, beta2 } as const;
    const trained = { kind: optimizer, beta1, beta2 };
    const common = { generator, discriminator, batchSize: settings.batchSize, loss, lambdaL1 };
    const measuring = measuringBatch(config.evaluate.images);
    const discriminatorValues = base.discriminatorValues.slice();
    if (settings.trainable === 'lora') {
      const values = { lora: base.loraStart.slice(), discriminator: discriminatorValues };
      const adapter = { generatorValues, lora, loraFrozen };
      return new ConceptTrainer(
        base,
        settings,
        config,
        await createExecutor(loraTrainingStep({ ...common, ...adapter }), {
          device,
          values,
          optimizers: { lora: trained, discriminator: adam },
        }),
        await createExecutor(loraInferenceStep({ generator, batchSize: measuring, ...adapter }), {
          device,
          values: { lora: base.loraStart.slice() },
        }),
      );
    }
    return new ConceptTrainer(
      base,
      settings,
      config,
      await createExecutor(fullTrainingStep(common), {
        device,
        values: { generator: generatorValues.slice(), discriminator: discriminatorValues },
        optimizers: { generator: trained, discriminator: adam },
      }),
      await createExecutor(inferenceStep({ generator, batchSize: measuring }), {
        device,
        values: { generator: generatorValues.slice() },
      }),
    );
  }

  /** The parameter group that is trained beside the discriminator. */
  get group(): 'lora' | 'generator' {
    return this.settings.trainable === 'lora' ? 'lora' : 'generator';
  }

  /** Puts a LoRA vector in place as the start of the next training, with fresh optimizer moments. */
  async start(loraValues: Float32Array, discriminatorValues: Float32Array): Promise<void> {
    const { lora, generatorValues, loraFrozen } = this.base;
    await this.executor.load(this.group, {
      values:
        this.settings.trainable === 'lora'
          ? loraValues.slice()
          : lora.merge(generatorValues, loraValues, loraFrozen),
    });
    await this.executor.load('discriminator', { values: discriminatorValues.slice() });
  }

  /** Trains from where the state is. See `trainingLoop` for checkpoints, resuming and stopping. */
  async train(options: {
    run: RunWriter;
    shouldStop: () => boolean;
    resume: boolean;
    pairs: PreparedPairs;
    seed: number;
    concept: string;
    message: string;
    series?: string;
    checkpointEvery: number;
    checkpointFile?: string;
    metricsEvery?: number;
    progress?: (done: number) => { done: number; total: number };
    measure?: Parameters<typeof trainingLoop>[0]['measure'];
    afterStep?: (stepsDone: number) => Promise<void>;
    extraGroups?: Parameters<typeof trainingLoop>[0]['extraGroups'];
  }): Promise<TrainingOutcome> {
    const { pairs, seed, ...loop } = options;
    const { settings } = this;
    return trainingLoop({
      ...loop,
      executor: this.executor,
      groups: [this.group, 'discriminator'],
      architecture: { ...this.base.architecture, kind: 'concept-training', trainable: settings.trainable },
      steps: settings.steps,
      step: this.#stepsOn(pairs, seed),
    });
  }

  /** Steps on these pairs one at a time, without checkpoints or measuring. */
  stepper(pairs: PreparedPairs, seed: number): (index: number) => Promise<void> {
    const stepAt = this.#stepsOn(pairs, seed);
    return async (index) => {
      const { inputs, learningRates } = stepAt(index);
      await this.executor.run(inputs, learningRates);
    };
  }

  #stepsOn(pairs: PreparedPairs, seed: number): (index: number) => TrainingStep {
    const { settings, config } = this;
    const batches = new PairBatches([pairs.train], {
      storedSize: pairs.size,
      size: config.image.size,
      batchSize: settings.batchSize,
      flip: config.image.flip,
      seed,
    });
    return (index) => {
      const { source, target } = batches.batch(index);
      const factor = learningRateFactor(settings, index, settings.steps);
      return {
        inputs: { source, target },
        learningRates: {
          [this.group]: factor * settings.learningRate,
          discriminator:
            index % config.discriminator.every === 0 ? factor * settings.discriminatorLearningRate : 0,
        },
      };
    };
  }

  /** The trained values as they are now: a LoRA vector, or the whole generator. */
  async values(): Promise<Float32Array> {
    return (await this.executor.values(this.group)).slice();
  }

  async discriminatorValues(): Promise<Float32Array> {
    return (await this.executor.state('discriminator')).values;
  }

  /** Translates held-out images with the values as they are now. */
  async measure(heldOut: HeldOutImages): Promise<{ images: Float32Array; quality: ImageQuality[] }> {
    await this.inference.load(this.group, { values: await this.executor.values(this.group) });
    const batch = measuringBatch(this.config.evaluate.images);
    const images = await translateAll(this.inference, heldOut.source, heldOut.size, batch);
    return { images, quality: qualityOf(images, heldOut) };
  }

  async dispose(): Promise<void> {
    await this.executor.dispose();
    await this.inference.dispose();
  }
}
