import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '../compute/tfjs/tf.ts';
import type { StepDefinition, StepScope, TensorSpec } from '../compute/types.ts';
import { gradientsOf } from './gradients.ts';
import type { DenoiserInputs, WeightDenoiser } from './weight-denoiser.ts';

interface DenoiserStepOptions {
  readonly denoiser: WeightDenoiser;
  /** Blocks per step. */
  readonly batchSize: number;
}

/**
 * One training step of the weight generator. Parameter group: `denoiser`. Inputs: those of `DenoiserInputs`, `target` [B, L]
 * (x0 or v) and `targetMask` [B, L]; `diffusionBatch` makes them. Output: the scalar `loss`, the mean squared error over all
 * values that are not padding.
 */
export function denoiserTrainingStep({ denoiser, batchSize }: DenoiserStepOptions): StepDefinition {
  const shape = [batchSize, denoiser.options.blockSize];
  return {
    name: 'denoiser-training',
    parameters: { denoiser: denoiser.layout },
    inputs: { ...denoiserInputs(denoiser, batchSize), target: { shape }, targetMask: { shape } },
    run: (scope) => {
      const { target, targetMask } = scope.inputs;
      const { loss, gradients } = gradientsOf(scope.parameters.denoiser!, () => {
        const errors = tf.mul(tf.sub(predict(denoiser, scope), target!), targetMask!);
        const mean: Scalar = tf.div(tf.sum(tf.square(errors)), tf.sum(targetMask!));
        return { loss: mean, outputs: {} };
      });
      return { outputs: { loss }, gradients: { denoiser: gradients } };
    },
  };
}

/** One evaluation of the network. Group `denoiser`, inputs of `DenoiserInputs`, output `prediction` [B, L]. */
export function denoiserInferenceStep({ denoiser, batchSize }: DenoiserStepOptions): StepDefinition {
  return {
    name: 'denoiser-inference',
    parameters: { denoiser: denoiser.layout },
    inputs: denoiserInputs(denoiser, batchSize),
    run: (scope) => ({ outputs: { prediction: predict(denoiser, scope) } }),
  };
}

function predict(denoiser: WeightDenoiser, { parameters, inputs }: StepScope): Tensor2D {
  return denoiser.apply(parameters.denoiser!, {
    blocks: inputs.blocks as Tensor2D,
    blockIndex: inputs.blockIndex as Tensor1D,
    timestep: inputs.timestep as Tensor1D,
    tokens: inputs.tokens as Tensor2D,
    tokenMask: inputs.tokenMask as Tensor2D,
  });
}

function denoiserInputs(
  { options }: WeightDenoiser,
  batchSize: number,
): Record<keyof DenoiserInputs, TensorSpec> {
  const { blockSize, maxTokens } = options;
  return {
    blocks: { shape: [batchSize, blockSize] },
    blockIndex: { shape: [batchSize], dtype: 'int32' },
    timestep: { shape: [batchSize] },
    tokens: { shape: [batchSize, maxTokens], dtype: 'int32' },
    tokenMask: { shape: [batchSize, maxTokens] },
  };
}
