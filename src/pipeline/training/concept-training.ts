/** Training on one concept: of a LoRA vector on the base, or of a whole generator from random weights. */
import type { DeviceReport } from '../../compute/types.ts';
import type { Discriminator } from '../../models/discriminator.ts';
import {
  fullTrainingStep,
  inferenceStep,
  loraInferenceStep,
  loraTrainingStep,
} from '../../models/gan-steps.ts';
import type { ImageGenerator } from '../../models/image-generator.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { measuringBatch } from '../metrics/held-out.ts';
import type { BaseModel } from '../weights/base-model.ts';
import {
  GeneratorTrainer,
  type GeneratorTrainingSettings,
  type TrainableGenerator,
} from './generator-trainer.ts';

/** How a concept is trained: the keys that `collect` and `fineTune` share, and what is trained. */
export type ConceptTrainingSettings = Pick<
  TrainingConfig['fineTune'],
  | 'steps'
  | 'batchSize'
  | 'optimizer'
  | 'learningRate'
  | 'discriminatorLearningRate'
  | 'schedule'
  | 'warmup'
  | 'beta1'
  | 'beta2'
  | 'trainable'
>;

/** Creates a trainer of LoRA weights on the base, or of the whole generator in which base and LoRA are merged. */
export function createConceptTrainer(
  base: BaseModel,
  config: TrainingConfig,
  settings: ConceptTrainingSettings,
  device: DeviceReport,
): Promise<GeneratorTrainer> {
  const { optimizer, beta1, beta2, trainable } = settings;
  return GeneratorTrainer.create(
    trainable === 'lora' ? trainableLora(base, config, settings) : trainableBase(base, config, settings),
    {
      ...settings,
      discriminatorEvery: config.discriminator.every,
      optimizer: { kind: optimizer, beta1, beta2 },
      discriminatorOptimizer: { kind: 'adam', beta1, beta2 },
    },
    config.image,
    device,
  );
}

/** The trained values when starting from a LoRA vector: the vector itself, or the generator merged with it. */
export function trainedStart(
  { lora, generatorValues, loraFrozen }: BaseModel,
  trainable: 'lora' | 'all',
  vector: Float32Array,
): Float32Array {
  return trainable === 'lora' ? vector : lora.merge(generatorValues, vector, loraFrozen);
}

/** Initial values of the discriminator. @param seed seed of a fresh discriminator */
export function discriminatorStart(
  { discriminator, discriminatorValues }: BaseModel,
  which: 'base' | 'fresh',
  seed: number,
): Float32Array {
  return which === 'base' ? discriminatorValues : discriminator.initial(seed);
}

function trainableLora(
  base: BaseModel,
  config: TrainingConfig,
  { batchSize, trainable }: ConceptTrainingSettings,
): TrainableGenerator {
  const { generator, discriminator, generatorValues, lora, loraFrozen } = base;
  const { loss, lambdaL1 } = config.discriminator;
  const { images } = config.evaluate;
  const adapted = { generator, generatorValues, lora, loraFrozen };
  return {
    group: 'lora',
    trainingStep: loraTrainingStep({ ...adapted, discriminator, batchSize, loss, lambdaL1 }),
    inferenceStep: loraInferenceStep({ ...adapted, batchSize: measuringBatch(images) }),
    images,
    values: base.loraStart,
    discriminatorValues: base.discriminatorValues,
    architecture: { ...base.architecture, kind: 'concept-training', trainable },
    frozen: { 'the base': base.hash },
  };
}

function trainableBase(
  base: BaseModel,
  config: TrainingConfig,
  { batchSize, trainable }: ConceptTrainingSettings,
): TrainableGenerator {
  return {
    ...wholeGenerator(base.generator, base.discriminator, config, {
      batchSize,
      images: config.evaluate.images,
    }),
    values: base.generatorValues,
    discriminatorValues: base.discriminatorValues,
    architecture: { ...base.architecture, kind: 'concept-training', trainable },
    frozen: { 'the base': base.hash },
  };
}

export interface ScratchOptions {
  readonly config: TrainingConfig;
  readonly generator: ImageGenerator;
  readonly discriminator: Discriminator;
  readonly settings: GeneratorTrainingSettings;
  /** Most images to translate at once. */
  readonly images: number;
  /** Seed of the initial weights. */
  readonly seed: number;
  readonly device: DeviceReport;
}

/** Creates a trainer of a whole generator that starts, like its discriminator, from random weights. */
export function createScratchTrainer(options: ScratchOptions): Promise<GeneratorTrainer> {
  const { config, generator, discriminator, settings, images, seed, device } = options;
  const trainable: TrainableGenerator = {
    ...wholeGenerator(generator, discriminator, config, { batchSize: settings.batchSize, images }),
    values: generator.initial(seed),
    discriminatorValues: discriminator.initial(seed),
    architecture: {
      kind: 'scratch',
      generator: { ...generator.options },
      discriminator: { ...discriminator.options },
    },
    frozen: {},
  };
  return GeneratorTrainer.create(trainable, settings, config.image, device);
}

function wholeGenerator(
  generator: ImageGenerator,
  discriminator: Discriminator,
  config: TrainingConfig,
  { batchSize, images }: { readonly batchSize: number; readonly images: number },
): Pick<TrainableGenerator, 'group' | 'trainingStep' | 'inferenceStep' | 'images'> {
  const { loss, lambdaL1 } = config.discriminator;
  return {
    group: 'generator',
    trainingStep: fullTrainingStep({ generator, discriminator, batchSize, loss, lambdaL1 }),
    inferenceStep: inferenceStep({ generator, batchSize: measuringBatch(images) }),
    images,
  };
}
