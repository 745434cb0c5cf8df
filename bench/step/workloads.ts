/** The training steps to measure, each with fixed weights and one fixed batch. */

import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '../../src/compute/tfjs/tf.ts';
import type { AdamOptions, StepDefinition, StepInputs } from '../../src/compute/types.ts';
import { Random } from '../../src/data/random.ts';
import { denoiserTrainingStep } from '../../src/models/denoiser-step.ts';
import { createDiscriminator, type DiscriminatorOptions } from '../../src/models/discriminator.ts';
import { fullTrainingStep, loraTrainingStep } from '../../src/models/gan-steps.ts';
import type { GeneratorOptions } from '../../src/models/generators.ts';
import { gradientsOf } from '../../src/models/gradients.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import { createLora, type LoraAdapter } from '../../src/models/lora.ts';
import { createWeightDenoiser, type DenoiserOptions } from '../../src/models/weight-denoiser.ts';
import { e2ganRanks } from '../../src/project/schema/presets.ts';

/** What a workload trains; the two `-generator` kinds have no discriminator. */
export type WorkloadKind = 'full' | 'lora' | 'full-generator' | 'lora-generator' | 'denoiser';

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly kind: WorkloadKind;
  readonly batchSize: number;
  readonly generator?: GeneratorOptions;
  readonly discriminator?: DiscriminatorOptions;
  readonly denoiser?: DenoiserOptions;
  readonly lambdaL1: number;
  readonly step: StepDefinition;
  /** Initial values, one flat vector for each parameter group. */
  readonly values: Readonly<Record<string, Float32Array>>;
  readonly optimizers: Readonly<Record<string, AdamOptions>>;
  readonly learningRates: Readonly<Record<string, number>>;
  readonly inputs: StepInputs;
}

const SEED = 7;
const LAMBDA_L1 = 100;
/**
 * A low rate: at the usual 2e-4 a step of Adam amplifies rounding errors until losses differ too much after five steps.
 */
const GAN_RATE = 2e-5;
const ganAdam: AdamOptions = { kind: 'adam', beta1: 0.5, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/** Pix2pix's published discriminator, 2.765 M parameters. */
const patchGan: DiscriminatorOptions = { channels: 64, layers: 3 };
/** The `paper` preset's generator, 7 M parameters. */
const e2gan: GeneratorOptions = {
  kind: 'e2gan',
  channels: 64,
  imageSize: 256,
  norm: 'instance',
  transformerHeads: 8,
};

const uniform = (random: Random, count: number) =>
  Float32Array.from({ length: count }, () => random.uniform() * 2 - 1);

/** Smooth images: noise on a coarse grid, enlarged, so that gradients are not those of white noise. */
function pictures(random: Random, batch: number, side: number): Float32Array {
  const grid = 8;
  const coarse = uniform(random, batch * grid * grid * 3);
  const pixels = new Float32Array(batch * side * side * 3);
  for (let index = 0; index < pixels.length; index++) {
    const channel = index % 3;
    const column = Math.floor(index / 3) % side;
    const row = Math.floor(index / 3 / side) % side;
    const image = Math.floor(index / 3 / side / side);
    const cell = (image * grid + Math.floor((row * grid) / side)) * grid + Math.floor((column * grid) / side);
    pixels[index] = 0.8 * coarse[cell * 3 + channel]! + 0.1 * Math.sin((row + 2 * column) / 5);
  }
  return pixels;
}

function ganWorkload(
  request: Pick<Workload, 'name' | 'title' | 'batchSize'> & {
    readonly kind: Exclude<WorkloadKind, 'denoiser'>;
    readonly generator: GeneratorOptions;
    /** Default: Pix2pix's published discriminator. */
    readonly discriminator?: DiscriminatorOptions;
  },
): Workload {
  const generator = createImageGenerator(request.generator);
  const discriminatorOptions = request.discriminator ?? patchGan;
  const discriminator = createDiscriminator(discriminatorOptions);
  const random = new Random(SEED);
  const { imageSize } = request.generator;
  const generatorValues = generator.initial(SEED);
  const inputs = {
    source: pictures(random.fork('source'), request.batchSize, imageSize),
    target: pictures(random.fork('target'), request.batchSize, imageSize),
  };
  const adapted = request.kind.startsWith('lora');
  const lora = adapted
    ? createLora(generator, { rank: 2, ranks: e2ganRanks(2), train: 'both', bias: false })
    : undefined;
  const group = adapted ? 'lora' : 'generator';
  const options = {
    generator,
    discriminator,
    batchSize: request.batchSize,
    loss: 'lsgan',
    lambdaL1: LAMBDA_L1,
  } as const;
  const whole = lora
    ? loraTrainingStep({ ...options, generatorValues, lora, loraFrozen: new Float32Array(0) })
    : fullTrainingStep(options);
  const adversarial = !request.kind.endsWith('generator');
  return {
    ...request,
    ...(adversarial ? { discriminator: discriminatorOptions } : {}),
    lambdaL1: LAMBDA_L1,
    step: adversarial ? whole : generatorPart(whole, generator, lora),
    values: {
      [group]: lora ? startOf(lora, random) : generatorValues,
      ...(adversarial ? { discriminator: discriminator.initial(SEED + 1) } : {}),
    },
    optimizers: { [group]: ganAdam, ...(adversarial ? { discriminator: ganAdam } : {}) },
    learningRates: { [group]: GAN_RATE, ...(adversarial ? { discriminator: GAN_RATE } : {}) },
    inputs,
  };
}

/** Up factors that are not zero, as in the middle of a training, so that no multiplication with zeros is saved. */
function startOf(lora: LoraAdapter, random: Random): Float32Array {
  const { trained } = lora.initial(SEED);
  const noise = random.fork('lora');
  return trained.map((value) => value || 0.01 * noise.normal());
}

/** The generator's part of a step: forward pass, gradients and optimizer, with only the L1 loss. */
function generatorPart(
  whole: StepDefinition,
  generator: ReturnType<typeof createImageGenerator>,
  lora: LoraAdapter | undefined,
): StepDefinition {
  const group = lora ? 'lora' : 'generator';
  return {
    name: `${whole.name}-generator`,
    parameters: { [group]: whole.parameters[group]! },
    ...(whole.constants && { constants: whole.constants }),
    inputs: whole.inputs,
    run: ({ parameters, constants, inputs }) => {
      const trained = parameters[group]!;
      const { loss, outputs, gradients } = gradientsOf(trained, () => {
        const source = inputs.source as Tensor4D;
        const image = lora
          ? generator.apply(constants.base!, source, lora.tensors(trained, {}))
          : generator.apply(trained, source);
        const l1: Scalar = tf.mean(tf.abs(tf.sub(inputs.target!, image)));
        return { loss: tf.mul<Scalar>(l1, LAMBDA_L1), outputs: { l1 } };
      });
      return {
        outputs: { 'loss/l1': outputs.l1, 'loss/generator': loss },
        gradients: { [group]: gradients },
      };
    },
  };
}

/** The `paper` preset's weight generator, for the 0.092 M LoRA values of the searched ranks. */
function denoiserWorkload(): Workload {
  const batchSize = 64;
  const denoiser: DenoiserOptions = {
    blockSize: 256,
    blockCount: 400,
    channels: 64,
    heads: 4,
    patch: 4,
    embedding: 128,
    vocabularySize: 128,
    maxTokens: 16,
  };
  const network = createWeightDenoiser(denoiser);
  const random = new Random(SEED).fork('denoiser');
  const { blockSize, blockCount, vocabularySize, maxTokens } = denoiser;
  const normal = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const integers = (count: number, below: number) =>
    Int32Array.from({ length: count }, () => random.int(below));
  return {
    name: 'denoiser',
    title: '(d) Weight generator, blocks of 256, batch 64',
    kind: 'denoiser',
    batchSize,
    denoiser,
    lambdaL1: 0,
    step: denoiserTrainingStep({ denoiser: network, batchSize }),
    values: { denoiser: network.initial(SEED).map((value) => value || 0.01 * random.normal()) },
    optimizers: {
      denoiser: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-3 },
    },
    learningRates: { denoiser: 1e-3 },
    inputs: {
      blocks: normal(batchSize * blockSize),
      blockIndex: integers(batchSize, blockCount),
      timestep: Float32Array.from({ length: batchSize }, () => random.uniform()),
      tokens: integers(batchSize * maxTokens, vocabularySize),
      tokenMask: new Float32Array(batchSize * maxTokens).fill(1),
      target: normal(batchSize * blockSize),
      targetMask: new Float32Array(batchSize * blockSize).fill(1),
    },
  };
}

/** Workloads by name, created on demand: the largest has 60 MB of weights. */
export const WORKLOADS: Readonly<Record<string, () => Workload>> = {
  'pix2pix-64': () =>
    ganWorkload({
      name: 'pix2pix-64',
      title: '(a) Pix2pix ResNet-9 and PatchGAN, full training, 64 x 64, batch 4',
      kind: 'full',
      batchSize: 4,
      generator: { kind: 'resnet', channels: 64, imageSize: 64, norm: 'instance', blocks: 9 },
    }),
  'e2gan-256': () =>
    ganWorkload({
      name: 'e2gan-256',
      title: '(b) E2GAN and PatchGAN, full training, 256 x 256, batch 1',
      kind: 'full',
      batchSize: 1,
      generator: e2gan,
    }),
  'lora-256': () =>
    ganWorkload({
      name: 'lora-256',
      title: '(c) The same, LoRA fine-tuning, 256 x 256, batch 1',
      kind: 'lora',
      batchSize: 1,
      generator: e2gan,
    }),
  'e2gan-256-generator': () =>
    ganWorkload({
      name: 'e2gan-256-generator',
      title: "(b) the generator's part",
      kind: 'full-generator',
      batchSize: 1,
      generator: e2gan,
    }),
  'lora-256-generator': () =>
    ganWorkload({
      name: 'lora-256-generator',
      title: "(c) the generator's part",
      kind: 'lora-generator',
      batchSize: 1,
      generator: e2gan,
    }),
  denoiser: denoiserWorkload,
  'fast-64': () =>
    ganWorkload({
      name: 'fast-64',
      title: "(e) the `fast` preset's fine-tuning, 64 x 64, batch 4",
      kind: 'full',
      batchSize: 4,
      generator: {
        kind: 'e2gan',
        channels: 16,
        imageSize: 64,
        norm: 'none',
        transformerHeads: 4,
        skips: true,
      },
      discriminator: { channels: 16, layers: 2 },
    }),
};
