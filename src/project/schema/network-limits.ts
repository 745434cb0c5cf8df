/** Sizes that the discriminator and the weight denoiser allow. The networks in src/models check themselves by these. */

/** Smallest side at which the PatchGAN's two last convolutions (4 x 4, stride 1, padding 1) leave a patch. */
const MIN_PATCH_SIDE = 3;

/** Most strided layers of a discriminator that leave a patch of square images; below 1 where none do. */
export function mostDiscriminatorLayers(imageSize: number): number {
  return Math.floor(Math.log2(imageSize / MIN_PATCH_SIDE));
}

/** Product of the strides of the weight denoiser, a U-Net of three levels. */
const BLOCK_STRIDE = 4;

/** What the length of a block of weights is a multiple of: `patch` neighbors are folded, then blocks halved twice. */
export function blockLengthMultiple(patch: number): number {
  return BLOCK_STRIDE * patch;
}
