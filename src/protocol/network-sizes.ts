/** How large the networks of a training config are: numbers of trained values. */
export interface NetworkSizes {
  generator: number;
  discriminator: number;
  /** Of one concept's LoRA. */
  lora: number;
  /** Of the diffusion model over weights. */
  denoiser: number;
  /** Into which a LoRA, or its principal components, are cut. */
  blocks: number;
  /** Values of a block, padding included. */
  blockSize: number;
}
