import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { ParameterLayout, Tensors } from '../compute/types.ts';
import { UserError } from '../project/user-error.ts';
import { declareE2gan } from './e2gan.ts';
import { type AdaptableLayer, type LoraTensors, NetworkBuilder } from './network-builder.ts';
import type { Norm } from './residual-block.ts';
import { declareResnet } from './resnet.ts';

export interface GeneratorOptions {
  readonly kind: 'e2gan' | 'resnet';
  /** Channels after the first layer; doubled twice. */
  readonly channels: number;
  /** Side of the images in pixels: a multiple of 8 (e2gan) or 4 (resnet). */
  readonly imageSize: number;
  readonly norm: Norm;
  /** Attention heads (e2gan only), a divisor of 4 x channels. Default 8. */
  readonly transformerHeads?: number;
  /** Features on the way down added to those on the way up (e2gan only): for few channels. Default false. */
  readonly skips?: boolean;
  /** Residual blocks (resnet only). Default 9. */
  readonly blocks?: number;
}

/** An image-to-image network: a pure function of its parameters and a batch of images. */
export interface ImageGenerator {
  readonly options: GeneratorOptions;
  readonly layout: ParameterLayout;
  /** Layers that LoRA may adapt. */
  readonly adaptable: readonly AdaptableLayer[];
  /** First values of the whole flat vector. */
  initial(seed: number): Float32Array;
  /**
   * @param images [N, S, S, 3] in [-1, 1]
   * @param lora branches beside the layers they name
   * @returns [N, S, S, 3] in [-1, 1]
   */
  apply(parameters: Tensors, images: Tensor4D, lora?: LoraTensors): Tensor4D;
}

/** @throws UserError where the sizes do not fit each other */
export function createImageGenerator(options: GeneratorOptions): ImageGenerator {
  const network = new NetworkBuilder();
  const forward = declare(network, options);
  const layout = network.layout();
  return {
    options,
    layout,
    adaptable: network.adaptable,
    initial: (seed) => network.initial(seed),
    apply: (parameters, images, lora) => forward({ parameters, ...(lora ? { lora } : {}) }, images),
  };
}

function declare(network: NetworkBuilder, options: GeneratorOptions): ReturnType<typeof declareE2gan> {
  const { kind, channels, imageSize, norm } = options;
  const multiple = kind === 'e2gan' ? 8 : 4;
  if (imageSize % multiple !== 0) {
    throw new UserError(
      `image.size: ${imageSize} is not a multiple of ${multiple}, which the ${kind} generator's strides need. ` +
        `Use ${Math.max(multiple, Math.round(imageSize / multiple) * multiple)}.`,
    );
  }
  if (kind === 'resnet') return declareResnet(network, { channels, norm, blocks: options.blocks ?? 9 });
  const transformerHeads = options.transformerHeads ?? 8;
  if ((4 * channels) % transformerHeads !== 0) {
    throw new UserError(
      `generator.transformerHeads: ${transformerHeads} does not divide the transformer's width, ` +
        `${4 * channels} (4 x generator.channels). Use a divisor of it, such as 4.`,
    );
  }
  return declareE2gan(network, {
    channels,
    imageSize,
    norm,
    transformerHeads,
    skips: options.skips ?? false,
  });
}
