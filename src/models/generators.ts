/**
 * The layers of every image generator. Their keys in a training config, sections and strides are in
 * src/project/schema/generators.ts.
 */
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { LRUCache } from 'lru-cache';
import * as tf from '../compute/tfjs/tf.ts';
import { E2GAN_HEADS, type GeneratorKind, RESNET_BLOCKS } from '../project/schema/generators.ts';
import type { TrainingConfig } from '../project/schema/training-schema.ts';
import { fanInNormal, pix2pixNormal, subPixels } from './initializers.ts';
import { limit, spaceToDepth } from './layers.ts';
import type { Layer, NetworkBuilder, NetworkTensors } from './network-builder.ts';
import { activate, declareResidualBlock, hiddenWeight } from './residual-block.ts';
import { sinusoidalGrid, tracedGrid } from './sinusoidal.ts';
import { declareTransformer } from './transformer.ts';

type GeneratorConfig = TrainingConfig['generator'];

/** The section `generator` of a training config, with the keys of single generators optional, and the image size. */
export interface GeneratorOptions
  extends Readonly<Pick<GeneratorConfig, 'kind' | 'channels' | 'norm'>>,
    Readonly<Partial<Omit<GeneratorConfig, 'kind' | 'channels' | 'norm'>>> {
  /** Side of the images in training, in pixels: a multiple of the generator's stride. */
  readonly imageSize: number;
  /** Residual blocks (resnet only). */
  readonly blocks?: number;
}

/**
 * Declares a generator's layers and returns the function that applies them: [N, H, W, 3] in [-1, 1] to the same, where both
 * sides are multiples of the stride.
 */
type DeclareGenerator = (network: NetworkBuilder, options: GeneratorOptions) => Layer<Tensor4D>;

/**
 * Kernel size of transposed convolutions at stride 2. With 4 x 4, every output pixel gets the same number of taps (four), so
 * there is no checkerboard to unlearn, and nearest-neighbor upsampling followed by a 3 x 3 convolution is a special case.
 */
const UP_KERNEL = 4;
/** Number of pixels that a sub-pixel stem and head put into the channels of one. */
const BLOCK = 4;

/**
 * Declares the generator of E2GAN (Gong et al. 2024, figure of the architecture): Downsample, two residual blocks, DS,
 * transformer, US, one residual block, Upsample. DS and US let attention run at an eighth of the image's sides. LoRA can
 * adapt everything except the residual blocks. Not published, and chosen here: kernels, zero padding, and fixed sinusoidal
 * positions, without which attention would not know positions. `skips` adds the features of the downsampling path to those
 * of the same size in the upsampling path. It is not in the publication: 64 channels do not need it, but with few channels,
 * an eighth of the side is too narrow for the image's details. Nor are the keys for large images: `fullResolutionChannels`
 * makes the layers at full resolution narrower, and a sub-pixel stem and head (Shi et al. 2016) replace them; `residual` adds
 * the result to the source image.
 */
const declareE2gan: DeclareGenerator = (network, options) => {
  const { channels, imageSize, norm, transformerHeads: heads = E2GAN_HEADS, skips = false } = options;
  const { fullResolutionChannels = channels, residual: isResidual = false } = options;
  const hasPackedStem = options.stem === 'space-to-depth';
  const hasPackedHead = options.head === 'depth-to-space';
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

  const stem = hasPackedStem
    ? convolution('downsample.stem', 'downsample', 3, 1, BLOCK * 3, 2 * channels)
    : convolution('downsample.stem', 'downsample', 7, 1, 3, fullResolutionChannels);
  const down1 = hasPackedStem
    ? undefined
    : convolution('downsample.down1', 'downsample', 3, 2, fullResolutionChannels, 2 * channels);
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
  const up2 = hasPackedHead
    ? undefined
    : up('upsample.up2', 'upsample', 2 * channels, fullResolutionChannels);
  const headWeight = (fanIn: number) => {
    // A small difference, so that training begins with images that are close to their sources.
    if (isResidual) return fanInNormal(fanIn, 0.1);
    return norm === 'instance' ? pix2pixNormal : fanInNormal(fanIn, 0.5);
  };
  const head = hasPackedHead
    ? network.conv2d('upsample.head', {
        inputs: 2 * channels,
        outputs: BLOCK * 3,
        kernel: 3,
        padding: 1,
        weight: subPixels(headWeight(9 * 2 * channels), BLOCK, 3),
        section: 'upsample',
      })
    : network.conv2d('upsample.head', {
        inputs: fullResolutionChannels,
        outputs: 3,
        kernel: 7,
        padding: 3,
        weight: headWeight(49 * fullResolutionChannels),
        section: 'upsample',
      });

  const side = imageSize / 8;
  const tables = new LRUCache<string, Float32Array>({ max: 8 });
  const positionsOf = (tensors: NetworkTensors, image: Tensor4D): Tensor3D => {
    if (tensors.anySize) return tracedGrid(image, wide, side);
    const [, rows, columns] = image.shape;
    const key = `${rows}x${columns}`;
    const table = tables.get(key) ?? sinusoidalGrid(rows, columns, wide, side);
    tables.set(key, table);
    return tf.tensor3d(table, [1, rows * columns, wide]);
  };
  const withSkip = (x: Tensor4D, skipped: Tensor4D | undefined): Tensor4D =>
    skips && skipped ? tf.add(x, skipped) : x;

  return (tensors, images) => {
    const full = down1 && activate(norm, stem(tensors, images)); // [N, H, W, F]
    const half = activate(norm, full ? down1(tensors, full) : stem(tensors, spaceToDepth(images))); // [N, H/2, W/2, 2C]
    let x = activate(norm, down2(tensors, half)); // [N, H/4, W/4, 4C]
    x = residual2(tensors, residual1(tensors, x));
    const quarter = x;
    x = activate(norm, ds(tensors, x)); // [N, H/8, W/8, 4C]
    const [count, rows, columns] = x.shape;
    const tokens: Tensor3D = tf.add(tf.reshape(x, [count, rows * columns, wide]), positionsOf(tensors, x));
    x = tf.reshape(transformer(tensors, tokens), [count, rows, columns, wide]);
    x = withSkip(activate(norm, us(tensors, x)), quarter); // [N, H/4, W/4, 4C]
    x = residual3(tensors, x);
    x = withSkip(activate(norm, up1(tensors, x)), half); // [N, H/2, W/2, 2C]
    if (up2) x = withSkip(activate(norm, up2(tensors, x)), full); // [N, H, W, F]
    x = head(tensors, x);
    if (hasPackedHead) x = tf.depthToSpace(x, 2, 'NHWC');
    return isResidual ? limit(tf.add(images, x)) : tf.tanh(x); // [N, H, W, 3]
  };
};

/**
 * Declares Pix2pix's ResNet generator as in its authors' PyTorch code (`resnet_9blocks`, instance norm, no dropout): a 7 x 7
 * convolution with reflection, two strided 3 x 3, residual blocks with reflection, two transposed 3 x 3, 7 x 7 with
 * reflection, tanh. It has 11,378,179 parameters with 64 channels and 9 blocks.
 */
const declareResnet: DeclareGenerator = (network, options) => {
  const { channels, blocks = RESNET_BLOCKS, norm } = options;
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
    let x = activate(norm, stem(tensors, images)); // [N, H, W, C]
    x = activate(norm, down1(tensors, x)); // [N, H/2, W/2, 2C]
    x = activate(norm, down2(tensors, x)); // [N, H/4, W/4, 4C]
    for (const residual of residuals) x = residual(tensors, x);
    x = activate(norm, up1(tensors, x)); // [N, H/2, W/2, 2C]
    x = activate(norm, up2(tensors, x)); // [N, H, W, C]
    return tf.tanh(head(tensors, x)); // [N, H, W, 3]
  };
};

/** The layers of each generator in src/project/schema/generators.ts. */
export const DECLARATIONS: Readonly<Record<GeneratorKind, DeclareGenerator>> = {
  e2gan: declareE2gan,
  resnet: declareResnet,
};
