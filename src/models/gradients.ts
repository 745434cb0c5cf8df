import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '../compute/tfjs/tf.ts';
import type { Tensors } from '../compute/types.ts';

/**
 * Computes the gradient of a loss with respect to each named parameter.
 * @param forward computes the loss from `parameters` (it may close over them) and `outputs`, other tensors to keep
 */
export function gradientsOf<Outputs extends Readonly<Record<string, Tensor>>>(
  parameters: Tensors,
  forward: () => { loss: Scalar; outputs: Outputs },
): { loss: Scalar; outputs: Outputs; gradients: Tensors } {
  const names = Object.keys(parameters);
  let kept: Outputs | undefined;
  const { value, grads } = tf.valueAndGrads(() => {
    const { loss, outputs } = forward();
    // tfjs frees what a differentiated function does not return.
    for (const tensor of Object.values(outputs)) tf.keep(tensor);
    kept = outputs;
    return loss;
  })(Object.values(parameters));
  return {
    loss: value as Scalar,
    outputs: handToScope(kept!),
    gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])),
  };
}

/** Hands kept tensors over to the caller's scope, which frees them. */
function handToScope<T extends Readonly<Record<string, Tensor>>>(kept: T): T {
  const owned: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(kept)) {
    owned[name] = tf.clone(tensor);
    tensor.dispose();
  }
  return owned as T;
}
