/** Sizes that the discriminator and the weight denoiser allow. The networks in src/models use them for their checks. */

/** Smallest side at which the PatchGAN's two last convolutions (4 x 4, stride 1, padding 1) leave a patch. */
const MIN_PATCH_SIDE = 3;

/** Maximum number of strided discriminator layers that leave a patch of square images; below 1 if none do. */
export function mostDiscriminatorLayers(imageSize: number): number {
  return Math.floor(Math.log2(imageSize / MIN_PATCH_SIDE));
}

/** Product of the strides of the weight denoiser, a U-Net of three levels. */
const BLOCK_STRIDE = 4;

/** The length of a block of weights is a multiple of this: `patch` neighbors are folded, then blocks are halved twice. */
export function blockLengthMultiple(patch: number): number {
  return BLOCK_STRIDE * patch;
}
