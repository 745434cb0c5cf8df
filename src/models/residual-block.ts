import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '../compute/tfjs/tf.ts';
import { fanInNormal, type Initializer, pix2pixNormal } from './initializers.ts';
import { instanceNorm } from './layers.ts';
import type { Layer, NetworkBuilder } from './network-builder.ts';

/** Normalization after the convolutions of an image network. */
export type Norm = 'instance' | 'none';

const LEAK = 0.2;

/**
 * Applies the norm and activation after a hidden convolution: instance norm and ReLU as in Pix2pix, or, without norm, a
 * leaky ReLU, since nothing would revive a dead channel.
 */
export function activate(norm: Norm, x: Tensor4D): Tensor4D {
  return norm === 'instance' ? tf.relu(instanceNorm(x)) : tf.leakyRelu(x, LEAK);
}

/** Initial weights of a hidden convolution: Pix2pix's if a norm follows, otherwise such that variances are kept. */
export function hiddenWeight(norm: Norm, fanIn: number): Initializer {
  return norm === 'instance' ? pix2pixNormal : fanInNormal(fanIn, Math.sqrt(2 / (1 + LEAK ** 2)));
}

/** Residual block of Pix2pix's ResNet (Johnson et al. 2016): conv, norm, ReLU, conv, norm, added to its input. */
export function declareResidualBlock(
  network: NetworkBuilder,
  name: string,
  options: { readonly channels: number; readonly norm: Norm; readonly padding: 'reflect' | 1 },
): Layer<Tensor4D> {
  const { channels, norm, padding } = options;
  const convolution = {
    inputs: channels,
    outputs: channels,
    kernel: 3,
    padding,
    weight: hiddenWeight(norm, 9 * channels),
  };
  const first = network.conv2d(`${name}.first`, convolution);
  const second = network.conv2d(`${name}.second`, convolution);
  return (tensors, x) => {
    const y = second(tensors, activate(norm, first(tensors, x)));
    return tf.add(x, norm === 'instance' ? instanceNorm(y) : y);
  };
}
