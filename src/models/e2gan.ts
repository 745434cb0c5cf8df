import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '../compute/tfjs/tf.ts';
import { fanInNormal, pix2pixNormal } from './initializers.ts';
import type { Layer, NetworkBuilder } from './network-builder.ts';
import { activate, declareResidualBlock, hiddenWeight, type Norm } from './residual-block.ts';
import { sinusoidalGrid } from './sinusoidal.ts';
import { declareTransformer } from './transformer.ts';

export interface E2ganOptions {
  /** Channels after the stem; doubled by each of the two strided convolutions of Downsample. */
  readonly channels: number;
  /** Side of the images, a multiple of 8. */
  readonly imageSize: number;
  readonly norm: Norm;
  /** Divides 4 x channels. */
  readonly transformerHeads: number;
  /**
   * Adds the features on the way down to those of the same size on the way up. Not in the publication: with 64
   * channels nothing is lost without, with few the eighth of the side is too narrow for the image's detail.
   */
  readonly skips: boolean;
}

/**
 * Transposed convolutions of 4 x 4 at stride 2: every output pixel gets the same four taps, so there is no
 * checkerboard to unlearn, and nearest-neighbor upsampling followed by 3 x 3 is one of its special cases.
 */
const UP_KERNEL = 4;

/**
 * Declares the generator of E2GAN (Gong et al. 2024, figure of the architecture): Downsample, two residual
 * blocks, DS, transformer, US, one residual block, Upsample. DS and US let attention run at an eighth of the
 * image's side. LoRA may adapt everything but the residual blocks. Not published, and chosen here: kernels,
 * zero padding, and fixed sinusoidal positions, without which attention would not know where it looks.
 */
export function declareE2gan(network: NetworkBuilder, options: E2ganOptions): Layer<Tensor4D> {
  const { channels, imageSize, norm, transformerHeads: heads, skips } = options;
  const wide = 4 * channels;
  const convolution = (
    name: string,
    section: string,
    kernel: number,
    stride: 1 | 2,
    inputs: number,
    outputs: number,
  ) =>
    network.conv2d(name, {
      inputs,
      outputs,
      kernel,
      stride,
      padding: (kernel - 1) / 2,
      weight: hiddenWeight(norm, kernel * kernel * inputs),
      section,
    });
  const up = (name: string, section: string, inputs: number, outputs: number) =>
    network.convTranspose2d(name, {
      inputs,
      outputs,
      kernel: UP_KERNEL,
      weight: hiddenWeight(norm, (UP_KERNEL * UP_KERNEL * inputs) / 4),
      section,
    });
  const residual = (name: string) =>
    declareResidualBlock(network, name, { channels: wide, norm, padding: 1 });

  const stem = convolution('downsample.stem', 'downsample', 7, 1, 3, channels);
  const down1 = convolution('downsample.down1', 'downsample', 3, 2, channels, 2 * channels);
  const down2 = convolution('downsample.down2', 'downsample', 3, 2, 2 * channels, wide);
  const residual1 = residual('residual1');
  const residual2 = residual('residual2');
  const ds = convolution('ds', 'ds', 3, 2, wide, wide);
  const transformer = declareTransformer(network, 'transformer', {
    width: wide,
    heads,
    section: 'transformer',
  });
  const us = up('us', 'us', wide, wide);
  const residual3 = residual('residual3');
  const up1 = up('upsample.up1', 'upsample', wide, 2 * channels);
  const up2 = up('upsample.up2', 'upsample', 2 * channels, channels);
  const head = network.conv2d('upsample.head', {
    inputs: channels,
    outputs: 3,
    kernel: 7,
    padding: 3,
    weight: norm === 'instance' ? pix2pixNormal : fanInNormal(49 * channels, 0.5),
    section: 'upsample',
  });

  const side = imageSize / 8;
  const positions = sinusoidalGrid(side, side, wide);
  const withSkip = (x: Tensor4D, skipped: Tensor4D): Tensor4D => (skips ? tf.add(x, skipped) : x);

  return (tensors, images) => {
    const count = images.shape[0];
    const full = activate(norm, stem(tensors, images)); // [N, S, S, C]
    const half = activate(norm, down1(tensors, full)); // [N, S/2, S/2, 2C]
    let x = activate(norm, down2(tensors, half)); // [N, S/4, S/4, 4C]
    x = residual2(tensors, residual1(tensors, x));
    const quarter = x;
    x = activate(norm, ds(tensors, x)); // [N, S/8, S/8, 4C]
    const tokens: Tensor3D = tf.add(
      tf.reshape(x, [count, side * side, wide]),
      tf.tensor3d(positions, [1, side * side, wide]),
    );
    x = tf.reshape(transformer(tensors, tokens), [count, side, side, wide]);
    x = withSkip(activate(norm, us(tensors, x)), quarter); // [N, S/4, S/4, 4C]
    x = residual3(tensors, x);
    x = withSkip(activate(norm, up1(tensors, x)), half); // [N, S/2, S/2, 2C]
    x = withSkip(activate(norm, up2(tensors, x)), full); // [N, S, S, C]
    return tf.tanh(head(tensors, x)); // [N, S, S, 3]
  };
}
