import * as z from 'zod';
import { type Method, presentMethodName } from '../../protocol/comparison.ts';
import { MOST_DRAWS } from '../../protocol/stage-options.ts';
import { ALL_SECTIONS, GENERATOR_KINDS, GENERATOR_OPTIONS, GENERATORS, RESNET_BLOCKS } from './generators.ts';
import { choice, int, real, section } from './schema-values.ts';

const selection = z
  .union([
    z.literal('all'),
    z.array(z.string().min(1)).min(1),
    z.strictObject({
      include: z
        .array(z.string().min(1))
        .optional()
        .describe('Tags; concepts with any of them are included. Default: all concepts.'),
      exclude: z
        .array(z.string().min(1))
        .optional()
        .describe('Tags; concepts with any of them are excluded.'),
    }),
  ])
  .describe('`all`, a list of concept names, or tags to include and exclude.');

const optimizer = choice(
  ['adam', 'muon'] as const,
  'adam',
  'Adam, or Muon for weight matrices (their momentum is orthogonalized) and Adam for the rest: fewer steps, but each costs more',
);
/** Keys that all trainings of a generator with its discriminator have: `base`, `collect` and `fineTune`. */
const ganTraining = {
  discriminatorLearningRate: real(0, 1, 2e-4, 'Adam learning rate of the discriminator'),
  schedule: choice(
    ['constant', 'linear', 'cosine'] as const,
    'linear',
    'How the learning rate falls: constant; linear over the second half (Pix2pix); cosine to zero',
  ),
  warmup: int(0, 100000, 0, 'Number of steps over which the learning rate rises from zero at the start'),
  beta1: real(0, 0.9999, 0.5, 'Adam beta1'),
  beta2: real(0, 0.99999, 0.999, 'Adam beta2; 0.99 stabilizes high learning rates without normalization'),
} as const;

/** The methods that `evaluate` can compare denoised weights with, in the order in which completion offers them. */
export const BASELINES = [
  'pix2pix',
  'sameGenerator',
  'fresh',
  'mean',
  'nearest',
  'ridge',
] as const satisfies Method[];

/** Mebibytes of the largest image file that is read: a photograph of 80 megapixels with 16 bits per value. */
export const DEFAULT_MAX_FILE_SIZE = 512;

/** The largest side of squares that images are prepared as: one takes 12 MiB on disk, and 48 where an effect computes. */
const MOST_LOAD_SIZE = 2048;

/** Every key of a training config, with its default. The presets (presets.ts) are values of this schema. */
export const trainingSchema = z
  .strictObject({
    extends: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Another training config to start from: a path relative to this file, or `preset:fast`, `preset:photo`, `preset:paper`.',
      ),
    seed: int(0, 2 ** 31 - 1, 1, 'Seed for all random numbers'),
    device: choice(
      ['auto', 'cpu', 'webgpu', 'cuda', 'directml', 'coreml', 'tfjs'] as const,
      'auto',
      'Device to compute on; auto uses the first of these that works: cuda, webgpu on a real GPU, cpu',
    ),
    threads: int(0, 256, 0, 'CPU threads of one training process; 0 means one per core'),
    image: section(
      {
        size: z
          .number()
          .int()
          .min(16)
          .max(1024)
          .multipleOf(8)
          .default(256)
          .describe(
            'Side of the square training images in pixels (16 to 1024, a multiple of 8, default 256)',
          ),
        fit: choice(
          ['cover', 'contain', 'fill'] as const,
          'cover',
          'How other shapes become square: crop to the center, pad with the edge, or stretch',
        ),
        train: int(
          1,
          100000,
          400,
          'Training images per concept; if there are more, a representative subset is chosen by clustering',
        ),
        test: int(1, 10000, 100, 'Held-out images per concept, never trained on'),
        testOnly: z
          .string()
          .min(1)
          .optional()
          .describe(
            'Pattern for the paths, below the source folder, of images that are only tested on, such as `val/**` or `venice-*`; all others are only trained on. By default, the held-out images are drawn at random',
          ),
        flip: z.boolean().default(true).describe('Mirror training pairs at random (default true)'),
        jitter: int(
          0,
          64,
          0,
          'Small random shifts: images are prepared this many pixels larger than `size`, and random crops are trained on',
        ),
        crop: section(
          {
            from: int(
              0,
              MOST_LOAD_SIZE,
              0,
              'Load size (`--load_size` of Pix2pix, whose `--crop_size` is `image.size`): pictures are prepared as squares of this side as `fit` says, and each training sample is a random crop of them, the same of source and target. Held-out images are cropped to the center. With 0, whole pictures are shown at `size`',
            ),
          },
          'Training on crops of larger pictures, so that textures are learned at their own scale.',
        ),
        maxFileSize: int(
          1,
          100000,
          DEFAULT_MAX_FILE_SIZE,
          'Largest image file in mebibytes; larger ones are left out with a warning',
        ),
      },
      'Images: size, fit and number.',
    ),
    generator: section(
      {
        kind: choice(
          GENERATOR_KINDS,
          GENERATOR_KINDS[0],
          `Image generator: ${Object.values(GENERATORS)
            .map(({ what }) => what)
            .join(' or ')}`,
        ),
        channels: int(4, 256, 64, 'Channels after the first layer; doubled by each downsampling'),
        ...GENERATOR_OPTIONS,
      },
      'The image generator.',
    ),
    discriminator: section(
      {
        channels: int(4, 256, 64, 'Channels after the first layer'),
        layers: int(1, 5, 3, 'Strided layers; 3 is the 70x70 PatchGAN'),
        loss: choice(
          ['lsgan', 'vanilla'] as const,
          'lsgan',
          'Adversarial loss: least squares or cross-entropy',
        ),
        lambdaL1: real(0, 10000, 100, 'Weight of the L1 term relative to the adversarial term'),
        every: int(1, 100, 1, 'Number of generator steps per discriminator update'),
      },
      'PatchGAN discriminator and the loss.',
    ),
    base: section(
      {
        concepts: z
          .union([selection, z.number().int().min(1).max(1000)])
          .default(20)
          .describe(
            'Concepts the base is trained on: a number (medoids of k-means on the prompts), or a selection (default 20)',
          ),
        conditioning: choice(
          ['none', 'text'] as const,
          'none',
          'Train the base on all its concepts alike (E2GAN), or with LoRA weights that are a linear function of the prompt’s words, so that weights become predictable from text (needs lora.train: up)',
        ),
        steps: int(1, 10000000, 20000, 'Training steps'),
        batchSize: int(1, 256, 16, 'Pairs per step'),
        learningRate: real(0, 1, 2e-4, 'Adam learning rate of the generator'),
        ...ganTraining,
        checkpointEvery: int(1, 1000000, 500, 'Steps between checkpoints'),
      },
      'The base generator, trained once.',
    ),
    lora: section(
      {
        rank: int(1, 256, 2, 'Rank of every adapted layer that `ranks` does not list'),
        ranks: z
          .record(z.string(), z.number().int().min(0).max(256))
          .default({})
          .describe(
            `Rank by layer name (${ALL_SECTIONS.map((name) => `\`${name}\``).join(', ')}, or one full layer name); 0 excludes the layer`,
          ),
        train: choice(
          ['both', 'up'] as const,
          'both',
          'Train both factors, or only the up factor with a shared random down factor',
        ),
        bias: z
          .boolean()
          .default(false)
          .describe('Also adapt the biases of the adapted layers (default false)'),
        search: section(
          {
            steps: int(1, 10000000, 500, 'LoRA steps per trial; the other settings come from `collect`'),
            maximum: int(1, 256, 16, 'Largest rank to try'),
            tolerance: real(
              0,
              20,
              0.05,
              'Minimum gain in PSNR on held-out images, in decibels, for a larger rank to be kept',
            ),
          },
          'The search for ranks by section (`dnw search-ranks`).',
        ),
      },
      'LoRA on Downsample, DS, transformer, US and Upsample.',
    ),
    collect: section(
      {
        concepts: selection
          .default('all')
          .describe('Concepts of the zoo (default: all that the config does not hold out)'),
        holdOut: z
          .array(z.string().min(1))
          .default([])
          .describe(
            'Concepts (by name or tag) that never enter the base or the zoo; the quickstart trains the first one',
          ),
        steps: int(1, 10000000, 2500, 'LoRA steps per concept'),
        batchSize: int(1, 256, 16, 'Pairs per step'),
        optimizer,
        learningRate: real(0, 1, 2e-4, 'Learning rate of the LoRA weights'),
        ...ganTraining,
        checkpointEvery: int(
          1,
          1000000,
          500,
          'Steps between checkpoints of the concept that is being trained',
        ),
        checkpoints: int(1, 32, 1, 'Checkpoints kept per concept, the last ones of the training'),
      },
      'The zoo: LoRA weights of many concepts.',
    ),
    weightGenerator: section(
      {
        blockSize: int(8, 65536, 256, 'Weights per block'),
        grouping: choice(
          ['within-layer', 'across-layers', 'interleaved'] as const,
          'within-layer',
          'How the LoRA vector is cut: padded within each layer, across layers in order, or interleaved',
        ),
        latent: int(
          0,
          4096,
          0,
          'Diffuse this many principal components of the zoo’s vectors as one block, instead of the weights in blocks; then sample in 10 to 30 steps. With 0, the weights are diffused',
        ),
        standardize: choice(
          ['parameter', 'tensor', 'none'] as const,
          'tensor',
          'Standardize each weight over the zoo, each tensor over the zoo, or nothing',
        ),
        prediction: choice(['x0', 'v'] as const, 'x0', 'What the network predicts'),
        schedule: choice(['cosine', 'linear'] as const, 'cosine', 'Noise schedule'),
        timesteps: int(2, 10000, 1000, 'Diffusion timesteps T'),
        lastTimestepShare: real(
          0,
          1,
          0.3,
          'Share of training samples drawn at t = T, where one-step denoising starts',
        ),
        channels: int(
          4,
          1024,
          64,
          'Channels of the first level of the 1-D U-Net; doubled at each of the next two',
        ),
        heads: int(1, 32, 4, 'Attention heads'),
        patch: int(1, 64, 4, 'Number of neighboring weights folded into channels before the U-Net'),
        embedding: int(8, 2048, 128, 'Width of timestep, block and token embeddings'),
        maxTokens: int(1, 77, 16, 'Prompt tokens kept; their embeddings are trained with the generator'),
        gateInput: z
          .boolean()
          .default(true)
          .describe(
            'Multiply the noisy block by the signal’s share, so that one-step denoising sees no noise (default true)',
          ),
        blockIndex: z
          .boolean()
          .default(true)
          .describe(
            'Tell the network which block it denoises; without this, it can only learn what all blocks have in common (default true)',
          ),
        head: choice(
          ['none', 'ridge'] as const,
          'none',
          'Diffuse the weights themselves, or what ridge regression from the prompt leaves over',
        ),
        steps: int(1, 10000000, 20000, 'Training steps'),
        batchSize: int(1, 4096, 64, 'Blocks per step'),
        learningRate: real(0, 1, 1e-3, 'AdamW learning rate'),
        weightDecay: real(0, 1, 1e-3, 'AdamW weight decay'),
        promptDropout: real(0, 1, 0.1, 'Share of samples trained without their prompt, for guidance'),
        ema: real(0, 0.99999, 0.995, 'Decay of the moving average that is sampled from'),
        checkpointEvery: int(1, 1000000, 500, 'Steps between checkpoints'),
        sampling: section(
          {
            steps: int(1, 10000, 1, 'Denoising steps; 1 as in the paper, more for DDIM'),
            guidance: real(0, 20, 1, 'Classifier-free guidance scale; 1 is none'),
            bestOf: int(
              1,
              MOST_DRAWS,
              1,
              'Number of sets of weights to draw from different seeds; the one that translates a few training images best is kept. With gateInput, steps must be above 1 for the sets to differ',
            ),
          },
          'How weights are denoised.',
        ),
      },
      'The diffusion model over weight blocks.',
    ),
    fineTune: section(
      {
        steps: int(0, 10000000, 500, 'Steps from the denoised start'),
        batchSize: int(1, 256, 16, 'Pairs per step'),
        trainable: choice(
          ['lora', 'all'] as const,
          'lora',
          'Train the LoRA weights, or the whole merged generator',
        ),
        optimizer,
        learningRate: real(0, 1, 2e-4, 'Learning rate of the trained weights'),
        ...ganTraining,
        discriminator: choice(
          ['base', 'fresh'] as const,
          'base',
          'Start from the base’s discriminator or a fresh one',
        ),
        sampleEvery: int(1, 1000000, 25, 'Steps between sample images and held-out measurements'),
        checkpointEvery: int(1, 1000000, 100, 'Steps between checkpoints'),
        snapshots: int(
          0,
          100,
          4,
          'Number of snapshots of the weights to keep, evenly spaced over the steps, to inspect and to translate with',
        ),
      },
      'Training of a new concept from its denoised weights.',
    ),
    evaluate: section(
      {
        images: int(1, 10000, 100, 'Held-out images to measure on'),
        draws: int(
          1,
          MOST_DRAWS,
          4,
          'Number of sets of weights to denoise from different seeds, to measure how much they vary',
        ),
        baselines: z
          .array(z.preprocess(presentMethodName, z.enum(BASELINES)))
          .default([...BASELINES])
          .describe(
            'What to compare with: Pix2pix from scratch, the config’s own generator from scratch, fresh LoRA on the base, the mean of the zoo, the nearest zoo member by prompt, ridge regression from the prompt',
          ),
        scratch: section(
          {
            channels: int(4, 256, 64, 'Channels of the Pix2pix ResNet after the first layer'),
            blocks: int(1, 16, RESNET_BLOCKS, 'Residual blocks of the Pix2pix ResNet'),
            steps: int(1, 10000000, 5000, 'Training steps, of Pix2pix and of the generator from scratch'),
            batchSize: int(1, 256, 1, 'Pairs per step'),
            learningRate: real(0, 1, 2e-4, 'Adam learning rate'),
          },
          'Training from scratch. The config’s own generator uses these steps and images, and, if `fineTune.trainable` is `all`, the optimizer, rates and schedule of `fineTune`.',
        ),
        featureNetwork: section(
          {
            file: z
              .string()
              .min(1)
              .optional()
              .describe(
                'Network in ONNX format that computes a feature vector for each image, relative to this file; with clean-fid’s Inception the distances are the FID and KID of publications. Default: none, so that neither is measured.',
              ),
            resize: choice(
              ['bicubic', 'bilinear'] as const,
              'bicubic',
              'How images are resized to the network’s input size, with antialiasing',
            ),
            range: choice(
              ['0..255', '-1..1', '0..1'] as const,
              '0..255',
              'The values that the network expects for black and white; clean-fid’s Inception expects 0 and 255',
            ),
          },
          'FID and KID through a feature network of your own.',
        ),
      },
      'Comparison with the baselines.',
    ),
  })
  .meta({
    id: 'dnw-training',
    title: 'Denoised Weights training config',
    description: 'How the base, the zoo, the weight generator and each new concept are trained.',
  });

/** A training config with `extends` resolved and every default filled in. */
export type TrainingConfig = z.output<typeof trainingSchema>;
/** A training config as written. */
export type TrainingInput = z.input<typeof trainingSchema>;
