import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '../compute/tfjs/tf.ts';
import { fanInNormal, pix2pixNormal } from './initializers.ts';
import type { Layer, NetworkBuilder } from './network-builder.ts';
import { activate, declareResidualBlock, hiddenWeight, type Norm } from './residual-block.ts';

export interface ResnetOptions {
  /** Channels after the first convolution (`ngf`). */
  readonly channels: number;
  /** Residual blocks. */
  readonly blocks: number;
  readonly norm: Norm;
}

/**
 * Declares Pix2pix's ResNet generator as its authors' PyTorch code has it (`resnet_9blocks`, instance norm, no
 * dropout): 7 x 7 with reflection, two strided 3 x 3, residual blocks with reflection, two transposed 3 x 3,
 * 7 x 7 with reflection, tanh. 11,378,179 parameters at 64 channels and 9 blocks.
 */
export function declareResnet(network: NetworkBuilder, options: ResnetOptions): Layer<Tensor4D> {
  const { channels, blocks, norm } = options;
  const convolution = (name: string, inputs: number, outputs: number) =>
    network.conv2d(name, {
      inputs,
      outputs,
      kernel: 3,
      stride: 2,
      padding: 1,
      weight: hiddenWeight(norm, 9 * inputs),
      section: 'downsample',
    });
  const up = (name: string, inputs: number, outputs: number) =>
    network.convTranspose2d(name, {
      inputs,
      outputs,
      kernel: 3,
      weight: hiddenWeight(norm, (9 * inputs) / 4),
      section: 'upsample',
    });

  const stem = network.conv2d('downsample.stem', {
    inputs: 3,
    outputs: channels,
    kernel: 7,
    padding: 'reflect',
    weight: hiddenWeight(norm, 49 * 3),
    section: 'downsample',
  });
  const down1 = convolution('downsample.down1', channels, 2 * channels);
  const down2 = convolution('downsample.down2', 2 * channels, 4 * channels);
  const residuals = Array.from({ length: blocks }, (_, i) =>
    declareResidualBlock(network, `residual${i + 1}`, { channels: 4 * channels, norm, padding: 'reflect' }),
  );
  const up1 = up('upsample.up1', 4 * channels, 2 * channels);
  const up2 = up('upsample.up2', 2 * channels, channels);
  const head = network.conv2d('upsample.head', {
    inputs: channels,
    outputs: 3,
    kernel: 7,
    padding: 'reflect',
    weight: norm === 'instance' ? pix2pixNormal : fanInNormal(49 * channels, 0.5),
    section: 'upsample',
  });

  return (tensors, images) => {
    let x = activate(norm, stem(tensors, images)); // [N, S, S, C]
    x = activate(norm, down1(tensors, x)); // [N, S/2, S/2, 2C]
    x = activate(norm, down2(tensors, x)); // [N, S/4, S/4, 4C]
    for (const residual of residuals) x = residual(tensors, x);
    x = activate(norm, up1(tensors, x)); // [N, S/2, S/2, 2C]
    x = activate(norm, up2(tensors, x)); // [N, S, S, C]
    return tf.tanh(head(tensors, x)); // [N, S, S, 3]
  };
}
