import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '../compute/tfjs/tf.ts';
import type { ParameterLayout, Tensors } from '../compute/types.ts';
import { pix2pixNormal } from './initializers.ts';
import { instanceNorm } from './layers.ts';
import { NetworkBuilder } from './network-builder.ts';

export interface DiscriminatorOptions {
  /** Channels after the first layer (`ndf`); doubled by each layer up to eight times that. */
  readonly channels: number;
  /** Number of strided layers; with 3, each logit sees 70 x 70 pixels. */
  readonly layers: number;
}

/** Conditional PatchGAN: tells real patches of an image from generated ones, given the source image. */
export interface Discriminator {
  readonly options: DiscriminatorOptions;
  readonly layout: ParameterLayout;
  initial(seed: number): Float32Array;
  /**
   * @param source [N, S, S, 3]
   * @param image [N, S, S, 3], real or generated
   * @returns logits, one per patch: [N, P, P, 1]
   */
  apply(parameters: Tensors, source: Tensor4D, image: Tensor4D): Tensor4D;
}

const LEAK = 0.2;
const KERNEL = 4;

/**
 * Builds the n-layer PatchGAN of Pix2pix (Isola et al. 2017, section 6.1.2) as in its authors' PyTorch code with instance
 * norm: 4 x 4 kernels, `layers` layers of stride 2 and one of stride 1, leaky ReLU, no norm after the first layer.
 */
export function createDiscriminator(options: DiscriminatorOptions): Discriminator {
  const network = new NetworkBuilder();
  const widths = Array.from({ length: options.layers + 1 }, (_, i) => options.channels * Math.min(2 ** i, 8));
  let inputs = 6;
  const hidden = widths.map((outputs, i) => {
    const stride = i < options.layers ? 2 : 1;
    const layer = network.conv2d(`layer${i + 1}`, {
      inputs,
      outputs,
      kernel: KERNEL,
      stride,
      padding: 1,
      weight: pix2pixNormal,
    });
    inputs = outputs;
    return layer;
  });
  const logits = network.conv2d('logits', {
    inputs,
    outputs: 1,
    kernel: KERNEL,
    padding: 1,
    weight: pix2pixNormal,
  });
  return {
    options,
    layout: network.layout(),
    initial: (seed) => network.initial(seed),
    apply: (parameters, source, image) => {
      let x = tf.concat([source, image], 3);
      for (const [i, layer] of hidden.entries()) {
        const y = layer({ parameters }, x);
        x = tf.leakyRelu(i === 0 ? y : instanceNorm(y), LEAK);
      }
      return logits({ parameters }, x);
    },
  };
}
