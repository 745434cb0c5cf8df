import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { layoutOf } from '../compute/layout.ts';
import * as tf from '../compute/tfjs/tf.ts';
import type { ParameterLayout, StepDefinition, Tensors } from '../compute/types.ts';
import { adversarialStep, type GanTrainingOptions, trainingInputs } from './gan-steps.ts';
import type { LoraAdapter } from './lora.ts';

export interface ConditionedBaseOptions extends GanTrainingOptions {
  /** An adapter that trains up factors only: all concepts share the down factors, which are trained here. */
  readonly lora: LoraAdapter;
  /** Length of a prompt's feature vector. */
  readonly features: number;
}

/** The linear map from prompt features to a LoRA vector: one row of LoRA values per feature. */
export function promptMapLayout(lora: LoraAdapter, features: number): ParameterLayout {
  return layoutOf({ map: [features, lora.layout.size] });
}

/**
 * One step of training a base whose LoRA weights are a linear function of the prompt: sample n is translated by
 * the base plus the LoRA vector `features_n · map`. The base, the shared down factors and the map are trained together, so
 * that a concept's weights become the sum of contributions of its words. If features are centered over the zoo, zero LoRA
 * is the mean concept. The map is discarded after training: the zoo and the weight generator replace it.
 *
 * Parameter groups `generator`, `lora-frozen`, `prompt-map` and `discriminator`; inputs and outputs as in
 * `fullTrainingStep`, and `features` [B, F].
 */
export function conditionedBaseStep(options: ConditionedBaseOptions): StepDefinition {
  const { generator, discriminator, lora, features } = options;
  return {
    name: 'conditioned-base-training',
    parameters: {
      generator: generator.layout,
      'lora-frozen': lora.frozenLayout,
      'prompt-map': promptMapLayout(lora, features),
      discriminator: discriminator.layout,
    },
    inputs: { ...trainingInputs(options), features: { shape: [options.batchSize, features] } },
    run: (scope) => {
      const groups = ['generator', 'lora-frozen', 'prompt-map'] as const;
      const trained: Record<string, Tensor> = {};
      for (const group of groups) {
        for (const [name, tensor] of Object.entries(scope.parameters[group]!))
          trained[`${group}/${name}`] = tensor;
      }
      const step = adversarialStep(options, scope, 'generator', trained, (source: Tensor4D) => {
        const vectors = tf.matMul(
          scope.inputs.features as Tensor2D,
          scope.parameters['prompt-map']!.map as Tensor2D,
        ) as Tensor2D; // [B, P]
        return generator.apply(
          scope.parameters.generator!,
          source,
          lora.tensors(perSample(lora, vectors), scope.parameters['lora-frozen']!),
        );
      });
      const { generator: gradients, ...others } = step.gradients!;
      return {
        outputs: step.outputs,
        gradients: {
          ...others,
          ...Object.fromEntries(groups.map((group) => [group, ofGroup(gradients!, group)])),
        },
      };
    },
  };
}

/** LoRA tensors of each sample: up factors [B, rank, outputs] and biases [B, outputs] from rows of LoRA values. */
function perSample(lora: LoraAdapter, vectors: Tensor2D): Tensors {
  const [count] = vectors.shape;
  return Object.fromEntries(
    lora.layout.entries.map(({ name, shape, offset, size }) => {
      const values = tf.slice(vectors, [0, offset], [count, size]);
      // An up factor is [1, 1, rank, outputs] or [rank, outputs], a bias is [outputs].
      return [name, tf.reshape(values, [count, ...shape.slice(-2)])];
    }),
  );
}

function ofGroup(gradients: Tensors, group: string): Tensors {
  const prefix = `${group}/`;
  return Object.fromEntries(
    Object.entries(gradients)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}
