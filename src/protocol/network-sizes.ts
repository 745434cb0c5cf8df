/** Sizes of the networks of a training config, as numbers of trained values. */
export interface NetworkSizes {
  generator: number;
  discriminator: number;
  /** Trained values of one concept's LoRA. */
  lora: number;
  /** Trained values of the diffusion model over weights. */
  denoiser: number;
  /** Number of blocks into which a LoRA, or its principal components, are split. */
  blocks: number;
  /** Values per block, including padding. */
  blockSize: number;
}
