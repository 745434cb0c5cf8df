/** Settings for training Pix2pix and the config's own generator from random weights. */
import { createImageGenerator, type ImageGenerator } from '../../models/image-generator.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import type { GeneratorTrainingSettings } from '../training/generator-trainer.ts';
import type { FromScratch } from './comparison.ts';

/** Optimizer of Pix2pix (Isola et al. 2017, section 3.3). */
const PIX2PIX_ADAM = { kind: 'adam', beta1: 0.5, beta2: 0.999 } as const;

/** The ResNet of Pix2pix and CycleGAN (Isola et al. 2017, Johnson et al. 2016), with instance norm. */
export function pix2pixGenerator({ evaluate: { scratch }, image }: TrainingConfig): ImageGenerator {
  const { channels, blocks } = scratch;
  return createImageGenerator({ kind: 'resnet', channels, blocks, imageSize: image.size, norm: 'instance' });
}

/**
 * Settings of one training from scratch. Pix2pix is trained as published. The config's own generator sees the same
 * number of images, and uses the optimizer and schedule of the fine-tuning, with the warm-up scaled to the same share
 * of the steps, so that only the start differs. If the fine-tuning trains LoRA layers, its settings do not suit whole
 * generators, so the config's own generator is trained as Pix2pix is.
 */
export function scratchSettings(config: TrainingConfig, method: FromScratch): GeneratorTrainingSettings {
  const { steps, batchSize, learningRate } = config.evaluate.scratch;
  const common = { steps, batchSize, discriminatorEvery: config.discriminator.every };
  const { fineTune } = config;
  if (method === 'pix2pix' || fineTune.trainable === 'lora') {
    return {
      ...common,
      schedule: 'linear',
      warmup: 0,
      learningRate,
      discriminatorLearningRate: learningRate,
      optimizer: PIX2PIX_ADAM,
      discriminatorOptimizer: PIX2PIX_ADAM,
    };
  }
  const { optimizer, beta1, beta2, schedule, discriminatorLearningRate } = fineTune;
  return {
    ...common,
    schedule,
    warmup: Math.round((fineTune.warmup / Math.max(1, fineTune.steps)) * steps),
    learningRate: fineTune.learningRate,
    discriminatorLearningRate,
    optimizer: { kind: optimizer, beta1, beta2 },
    discriminatorOptimizer: { kind: 'adam', beta1, beta2 },
  };
}
