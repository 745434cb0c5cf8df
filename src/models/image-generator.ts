import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { ParameterLayout, Tensors } from '../compute/types.ts';
import { E2GAN_HEADS, GENERATORS } from '../project/schema/generators.ts';
import { UserError } from '../project/user-error.ts';
import { DECLARATIONS, type GeneratorOptions } from './generators.ts';
import { type AdaptableLayer, type LoraTensors, NetworkBuilder } from './network-builder.ts';

/** An image-to-image network: a pure function of its parameters and a batch of images. */
export interface ImageGenerator {
  readonly options: GeneratorOptions;
  /** Both sides of the images are multiples of it, in pixels. */
  readonly stride: number;
  /** The smallest side of an image in pixels: below it, a mirrored border would be wider than what it mirrors. */
  readonly smallestSide: number;
  readonly layout: ParameterLayout;
  /** Layers that LoRA can adapt. */
  readonly adaptable: readonly AdaptableLayer[];
  /** Initial values of the flat parameter vector. */
  initial(seed: number): Float32Array;
  /**
   * Translates images.
   * @param images [N, H, W, 3] in [-1, 1]; both sides are multiples of `stride`, and at least `smallestSide`
   * @param lora low-rank branches, by the name of the layer
   * @param traced whether the graph that is being traced has to hold for images of every size
   * @returns [N, H, W, 3] in [-1, 1]
   */
  apply(parameters: Tensors, images: Tensor4D, lora?: LoraTensors, traced?: 'any-size'): Tensor4D;
}

/**
 * Builds the generator that a config names.
 * @throws UserError if the sizes do not fit together
 */
export function createImageGenerator(options: GeneratorOptions): ImageGenerator {
  checkSizes(options);
  const network = new NetworkBuilder();
  const forward = DECLARATIONS[options.kind](network, options);
  const layout = network.layout();
  return {
    options,
    stride: GENERATORS[options.kind].stride,
    smallestSide: 2 * GENERATORS[options.kind].stride,
    layout,
    adaptable: network.adaptable,
    initial: (seed) => network.initial(seed),
    apply: (parameters, images, lora, traced) =>
      forward({ parameters, ...(lora && { lora }), anySize: traced === 'any-size' }, images),
  };
}

function checkSizes(options: GeneratorOptions): void {
  const { kind, channels, imageSize, norm, transformerHeads = E2GAN_HEADS, skips = false } = options;
  const { stride, misfits } = GENERATORS[kind];
  if (imageSize % stride !== 0) {
    throw new UserError(
      'impossible-size',
      `image.size: ${imageSize} is not a multiple of ${stride}, which the strides of the ${kind} generator require. ` +
        `Use ${Math.max(stride, Math.round(imageSize / stride) * stride)}.`,
    );
  }
  for (const { key, message, fits } of misfits({ channels, norm, transformerHeads, skips })) {
    throw new UserError(
      'impossible-size',
      `generator.${key}: ${message} Use ${fits.slice(0, 3).join(' or ')}.`,
    );
  }
}
