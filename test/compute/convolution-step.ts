/** The step whose print docs/compute.md shows: one convolution, and the gradient of its mean squared error. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { layoutOf } from '../../src/compute/layout.ts';
import * as tf from '../../src/compute/tfjs/tf.ts';
import type { StepDefinition } from '../../src/compute/types.ts';

export const convolutionStep: StepDefinition = {
  name: 'convolution',
  parameters: { net: layoutOf({ filter: [3, 3, 3, 8] }) },
  inputs: { image: { shape: [1, 16, 16, 3] }, target: { shape: [1, 8, 8, 8] } },
  run: ({ parameters, inputs }) => {
    const filter = parameters.net!.filter!;
    const loss = (weights: Tensor) => {
      const features = tf.relu(tf.conv2d(inputs.image as Tensor4D, weights as Tensor4D, 2, 'same'));
      return tf.mean(tf.square(tf.sub(features, inputs.target!)));
    };
    return {
      outputs: { loss: loss(filter) },
      gradients: { net: { filter: tf.grad(loss)(filter) } },
    };
  },
};
