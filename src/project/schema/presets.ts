import type { TrainingInput } from './training-schema.ts';

/**
 * Ranks by section that come within 3 % of E2GAN's published numbers of trained values at 64 channels: 0.056 M
 * (scale 1), 0.092 M (2, its searched ranks), 0.164 M (4). The ranks of the single sections are not published.
 */
export function e2ganRanks(scale: 1 | 2 | 4): Record<string, number> {
  return { downsample: 1, ds: 2 * scale, transformer: 4 * scale, us: 2 * scale, upsample: 2 };
}

/**
 * The published settings as far as they are known (docs/method.md names the source of each): 256x256 images, E2GAN,
 * PatchGAN 70x70 with L1 x 100, Adam 2e-4 with beta1 0.5, 0.092 M LoRA values, blocks of 256 that are denoised in one
 * step. The publications count epochs; with 400 images and 16 a step an epoch is 25 steps: 100 epochs collect, 20
 * fine-tune. The Pix2pix baseline takes 200 epochs of 400 steps, one image each.
 */
const paper: TrainingInput = {
  image: { size: 256, train: 400, test: 100, flip: true, jitter: 30 },
  generator: { kind: 'e2gan', channels: 64, transformerHeads: 8, norm: 'instance' },
  discriminator: { channels: 64, layers: 3, loss: 'lsgan', lambdaL1: 100, every: 1 },
  base: { concepts: 20, steps: 50000, batchSize: 16, learningRate: 2e-4, schedule: 'linear', beta1: 0.5 },
  lora: { ranks: e2ganRanks(2), train: 'both', bias: false },
  collect: { steps: 2500, batchSize: 16, learningRate: 2e-4, schedule: 'linear', beta1: 0.5, checkpoints: 1 },
  weightGenerator: {
    blockSize: 256,
    grouping: 'within-layer',
    standardize: 'tensor',
    prediction: 'x0',
    timesteps: 1000,
    // In the figure of the architecture, the network gets the noisy block unchanged.
    gateInput: false,
    head: 'none',
    sampling: { steps: 1, guidance: 1 },
  },
  fineTune: { steps: 500, batchSize: 16, trainable: 'lora', learningRate: 2e-4, sampleEvery: 125 },
  evaluate: {
    images: 100,
    scratch: { channels: 64, blocks: 9, steps: 80000, batchSize: 1, learningRate: 2e-4 },
  },
};

/** The best settings that our studies found for a laptop without a GPU: small images, few steps, high learning rates. */
const fast: TrainingInput = {
  image: { size: 64, train: 200, test: 32, flip: true, jitter: 0 },
  generator: { kind: 'e2gan', channels: 16, transformerHeads: 4, norm: 'none', skips: true },
  discriminator: { channels: 16, layers: 2, loss: 'lsgan', lambdaL1: 100, every: 4 },
  base: {
    concepts: 'all',
    conditioning: 'text',
    steps: 2000,
    batchSize: 8,
    learningRate: 2e-3,
    discriminatorLearningRate: 2e-4,
    schedule: 'cosine',
    warmup: 50,
    beta1: 0.9,
    beta2: 0.99,
    checkpointEvery: 250,
  },
  lora: { rank: 4, train: 'up', bias: true },
  collect: {
    steps: 120,
    batchSize: 4,
    learningRate: 2e-3,
    discriminatorLearningRate: 2e-4,
    schedule: 'cosine',
    warmup: 5,
    beta1: 0.8,
    beta2: 0.99,
    checkpoints: 1,
  },
  weightGenerator: {
    blockSize: 256,
    grouping: 'within-layer',
    standardize: 'parameter',
    prediction: 'x0',
    channels: 32,
    heads: 4,
    patch: 4,
    embedding: 64,
    head: 'ridge',
    steps: 1500,
    batchSize: 64,
    learningRate: 2e-3,
    ema: 0.99,
    sampling: { steps: 1, guidance: 1 },
  },
  fineTune: {
    steps: 100,
    batchSize: 4,
    trainable: 'all',
    optimizer: 'muon',
    learningRate: 1e-2,
    discriminatorLearningRate: 2e-4,
    discriminator: 'base',
    schedule: 'cosine',
    warmup: 5,
    beta1: 0.8,
    sampleEvery: 10,
    checkpointEvery: 50,
  },
  evaluate: {
    images: 32,
    scratch: { channels: 16, blocks: 9, steps: 1500, batchSize: 4, learningRate: 2e-3 },
  },
};

/**
 * Photographs at 256 x 256 on two cores: `fast` with less work at full resolution (bench/base-step/quality.ts has the
 * criterion of its generator's keys, docs/performance.md the figures), and steps of few images, which are large. Not with a
 * residual: with 25 concepts at 96 x 96 pixels, it lost the image after 500 steps. The whole has not been measured yet.
 */
const photo: TrainingInput = {
  ...fast,
  image: { ...fast.image, size: 256 },
  generator: { ...fast.generator, stem: 'space-to-depth', head: 'depth-to-space' },
  base: { ...fast.base, steps: 3000, batchSize: 2 },
  lora: { ...fast.lora, rank: 16 },
  collect: { ...fast.collect, steps: 80, batchSize: 2 },
  fineTune: { ...fast.fineTune, steps: 50, batchSize: 2 },
  evaluate: {
    images: 32,
    scratch: { channels: 16, blocks: 9, steps: 1500, batchSize: 2, learningRate: 2e-3 },
  },
};

/** The presets, by the name in `extends: preset:<name>`. */
export const PRESETS: Readonly<Record<string, TrainingInput>> = { fast, photo, paper };
export const PRESET_PREFIX = 'preset:';
