import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '../compute/tfjs/tf.ts';
import type { StepDefinition, StepScope, TensorSpec, Tensors } from '../compute/types.ts';
import { mostDiscriminatorLayers } from '../project/schema/network-limits.ts';
import { UserError } from '../project/user-error.ts';
import type { Discriminator } from './discriminator.ts';
import { gradientsOf } from './gradients.ts';
import type { ImageGenerator } from './image-generator.ts';
import type { LoraAdapter } from './lora.ts';

export interface GanLoss {
  /** Least squares (Mao et al. 2017) or cross-entropy (Goodfellow et al. 2014). */
  readonly loss: 'lsgan' | 'vanilla';
  /** Weight of the L1 term relative to the adversarial term. */
  readonly lambdaL1: number;
}

export interface GanTrainingOptions extends GanLoss {
  readonly generator: ImageGenerator;
  readonly discriminator: Discriminator;
  readonly batchSize: number;
}

export interface LoraTrainingOptions extends GanTrainingOptions {
  /** Flat vector of the frozen base, which becomes a constant of the step. */
  readonly generatorValues: Float32Array;
  readonly lora: LoraAdapter;
  /** Flat vector of the shared down factors; empty if both factors are trained. */
  readonly loraFrozen: Float32Array;
}

/**
 * One training step of Pix2pix (Isola et al. 2017). Parameter groups: `generator` and `discriminator`. Inputs: `source` and
 * `target` [B, S, S, 3] in [-1, 1]. Outputs: the scalars `loss/l1`, `loss/generator` (adversarial + lambda · L1) and
 * `loss/discriminator`. The gradients of both networks are taken at the same parameters, so that both can be updated at
 * once.
 */
export function fullTrainingStep(options: GanTrainingOptions): StepDefinition {
  const { generator, discriminator } = options;
  return {
    name: 'full-training',
    parameters: { generator: generator.layout, discriminator: discriminator.layout },
    inputs: trainingInputs(options),
    run: (scope) =>
      adversarialStep(options, scope, 'generator', scope.parameters.generator!, (source) =>
        generator.apply(scope.parameters.generator!, source),
      ),
  };
}

/** The same step with a frozen generator and trained LoRA branches. Parameter groups: `lora` and `discriminator`. */
export function loraTrainingStep(options: LoraTrainingOptions): StepDefinition {
  const { generator, lora, discriminator } = options;
  return {
    name: 'lora-training',
    parameters: { lora: lora.layout, discriminator: discriminator.layout },
    constants: frozenGroups(options),
    inputs: trainingInputs(options),
    run: (scope) =>
      adversarialStep(options, scope, 'lora', scope.parameters.lora!, (source) =>
        generator.apply(
          scope.constants.base!,
          source,
          lora.tensors(scope.parameters.lora!, scope.constants.frozen ?? {}),
        ),
      ),
  };
}

interface InferenceOptions {
  readonly generator: ImageGenerator;
  readonly batchSize: number;
  /** Sides of the images in pixels, which the generator's stride divides (default: as in training). */
  readonly height?: number;
  readonly width?: number;
  /** The traced graph has to hold for images of every size. */
  readonly anySize?: boolean;
}

/** Translates images. Parameter group `generator`, input `source`, output `image`, both [B, H, W, 3] in [-1, 1]. */
export function inferenceStep(options: InferenceOptions): StepDefinition {
  const { generator, anySize } = options;
  return {
    name: 'inference',
    parameters: { generator: generator.layout },
    inputs: sourceInputs(options),
    run: (scope) => ({
      outputs: {
        image: generator.apply(
          scope.parameters.generator!,
          scope.inputs.source as Tensor4D,
          undefined,
          anySize ? 'any-size' : undefined,
        ),
      },
    }),
  };
}

/** Translates images with an exchangeable adapter. Parameter group `lora`; the base is constant. */
export function loraInferenceStep(
  options: InferenceOptions & Pick<LoraTrainingOptions, 'generatorValues' | 'lora' | 'loraFrozen'>,
): StepDefinition {
  const { generator, lora } = options;
  return {
    name: 'lora-inference',
    parameters: { lora: lora.layout },
    constants: frozenGroups(options),
    inputs: sourceInputs(options),
    run: (scope) => ({
      outputs: {
        image: generator.apply(
          scope.constants.base!,
          scope.inputs.source as Tensor4D,
          lora.tensors(scope.parameters.lora!, scope.constants.frozen ?? {}),
        ),
      },
    }),
  };
}

function sourceInputs(options: InferenceOptions): Record<string, TensorSpec> {
  const { imageSize } = options.generator.options;
  const { batchSize, height = imageSize, width = imageSize } = options;
  return { source: { shape: [batchSize, height, width, 3] } };
}

export function trainingInputs(options: GanTrainingOptions): Record<string, TensorSpec> {
  const { imageSize } = options.generator.options;
  const { layers } = options.discriminator.options;
  const most = mostDiscriminatorLayers(imageSize);
  if (layers > most) {
    throw new UserError(
      'impossible-size',
      `discriminator.layers: ${layers} strided layers are too many for images of ${imageSize} px. ` +
        `Use at most ${most}, or a larger image.size.`,
    );
  }
  const inputs = sourceInputs(options);
  return { ...inputs, target: inputs.source! };
}

function frozenGroups(
  options: Pick<LoraTrainingOptions, 'generator' | 'generatorValues' | 'lora' | 'loraFrozen'>,
): NonNullable<StepDefinition['constants']> {
  const { generator, generatorValues, lora, loraFrozen } = options;
  const base = { layout: generator.layout, values: generatorValues };
  return lora.frozenLayout.size > 0
    ? { base, frozen: { layout: lora.frozenLayout, values: loraFrozen } }
    : { base };
}

/** Losses and gradients of both networks, for a `generate` that depends on the parameters of one group. */
export function adversarialStep(
  options: GanTrainingOptions,
  scope: StepScope,
  group: string,
  trained: Tensors,
  generate: (source: Tensor4D) => Tensor4D,
): ReturnType<StepDefinition['run']> {
  const { discriminator, loss, lambdaL1 } = options;
  const source = scope.inputs.source as Tensor4D;
  const target = scope.inputs.target as Tensor4D;
  const discriminate = (image: Tensor4D) =>
    discriminator.apply(scope.parameters.discriminator!, source, image);

  const generated = gradientsOf(trained, () => {
    const image = generate(source);
    const l1: Scalar = tf.mean(tf.abs(tf.sub(target, image)));
    const total: Scalar = tf.add(adversarialLoss(loss, discriminate(image), true), tf.mul(l1, lambdaL1));
    return { loss: total, outputs: { image, l1 } };
  });
  const { image, l1 } = generated.outputs;
  const discriminated = gradientsOf(scope.parameters.discriminator!, () => ({
    // Separate passes over real and generated images: the compiler finds that the latter is the same as the generator's.
    // The loss is halved to slow the discriminator down (Isola et al. 2017, section 3.3).
    loss: tf.mul<Scalar>(
      tf.add(
        adversarialLoss(loss, discriminate(target), true),
        adversarialLoss(loss, discriminate(image), false),
      ),
      0.5,
    ),
    outputs: {},
  }));
  return {
    outputs: { 'loss/l1': l1, 'loss/generator': generated.loss, 'loss/discriminator': discriminated.loss },
    gradients: { [group]: generated.gradients, discriminator: discriminated.gradients },
  };
}

/** The adversarial loss: the mean over patches of how far the logits are from real (or from generated). */
function adversarialLoss(kind: GanLoss['loss'], logits: Tensor4D, real: boolean): Scalar {
  if (kind === 'lsgan') return tf.mean(tf.square(real ? tf.sub(logits, 1) : logits));
  return tf.mean(tf.softplus(real ? tf.neg(logits) : logits));
}
