import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/compute/executor.ts';
import type { DeviceReport, Executor, StepDefinition, StepInputs } from '../../src/compute/types.ts';
import { Random } from '../../src/data/random.ts';
import { conditionedBaseStep, promptMapLayout } from '../../src/models/conditioned-base-step.ts';
import { denoiserTrainingStep } from '../../src/models/denoiser-step.ts';
import { createDiscriminator } from '../../src/models/discriminator.ts';
import { fullTrainingStep, loraTrainingStep } from '../../src/models/gan-steps.ts';
import type { GeneratorOptions } from '../../src/models/generators.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import { createLora } from '../../src/models/lora.ts';
import { createWeightDenoiser } from '../../src/models/weight-denoiser.ts';
import { CPU_DEVICE } from '../compute/cpu-device.ts';
import { normalValues, randomImages } from './eager.ts';

const STEPS = 3;
const RATE = 1e-3;

interface Case {
  definition: StepDefinition;
  values: Record<string, Float32Array>;
  /** By step. */
  inputs: (step: number) => StepInputs;
}

const SIZE = 16;
const BATCH = 2;
const SUB_PIXELS = { stem: 'space-to-depth', head: 'depth-to-space', residual: true } as const;
const discriminator = createDiscriminator({ channels: 4, layers: 2 });
const images = (step: number): StepInputs => ({
  source: randomImages(BATCH, SIZE, 2 * step),
  target: randomImages(BATCH, SIZE, 2 * step + 1),
});

function full(options: Omit<GeneratorOptions, 'channels' | 'imageSize'>, loss: 'lsgan' | 'vanilla'): Case {
  const generator = createImageGenerator({ ...options, channels: 4, imageSize: SIZE });
  return {
    definition: fullTrainingStep({ generator, discriminator, loss, lambdaL1: 100, batchSize: BATCH }),
    values: { generator: generator.initial(1), discriminator: discriminator.initial(2) },
    inputs: images,
  };
}

function lora(train: 'both' | 'up', norm: 'instance' | 'none', keys: Partial<GeneratorOptions> = {}): Case {
  const generator = createImageGenerator({
    kind: 'e2gan',
    channels: 4,
    imageSize: SIZE,
    norm,
    transformerHeads: 2,
    ...keys,
  });
  const adapter = createLora(generator, { rank: 2, ranks: {}, train, bias: true });
  const { trained, frozen } = adapter.initial(3);
  return {
    definition: loraTrainingStep({
      generator,
      generatorValues: generator.initial(1),
      lora: adapter,
      loraFrozen: frozen,
      discriminator,
      loss: 'lsgan',
      lambdaL1: 100,
      batchSize: BATCH,
    }),
    values: { lora: trained, discriminator: discriminator.initial(2) },
    inputs: images,
  };
}

function conditionedBase(keys: Partial<GeneratorOptions> = {}): Case {
  const generator = createImageGenerator({
    kind: 'e2gan',
    channels: 4,
    imageSize: SIZE,
    norm: 'none',
    transformerHeads: 2,
    skips: true,
    ...keys,
  });
  const adapter = createLora(generator, { rank: 2, ranks: {}, train: 'up', bias: true });
  const features = 3;
  return {
    definition: conditionedBaseStep({
      generator,
      discriminator,
      lora: adapter,
      features,
      loss: 'lsgan',
      lambdaL1: 100,
      batchSize: BATCH,
    }),
    values: {
      generator: generator.initial(1),
      'lora-frozen': adapter.initial(3).frozen,
      'prompt-map': new Float32Array(promptMapLayout(adapter, features).size),
      discriminator: discriminator.initial(2),
    },
    inputs: (step) => ({ ...images(step), features: normalValues(BATCH * features, step) }),
  };
}

function denoiser(): Case {
  const batchSize = 4;
  const network = createWeightDenoiser({
    blockSize: 32,
    blockCount: 6,
    channels: 4,
    heads: 2,
    patch: 2,
    embedding: 8,
    vocabularySize: 10,
    maxTokens: 3,
  });
  return {
    definition: denoiserTrainingStep({ denoiser: network, batchSize }),
    values: { denoiser: network.initial(1) },
    inputs: (step) => {
      const random = new Random(step);
      const draw = (length: number, n: number) => Int32Array.from({ length }, () => random.int(n));
      return {
        blocks: normalValues(batchSize * 32, 2 * step),
        blockIndex: draw(batchSize, 6),
        timestep: Float32Array.from({ length: batchSize }, () => random.uniform()),
        tokens: draw(batchSize * 3, 10),
        tokenMask: Float32Array.from({ length: batchSize * 3 }, (_, i) => (i % 3 < 2 ? 1 : 0)),
        target: normalValues(batchSize * 32, 2 * step + 1),
        targetMask: Float32Array.from({ length: batchSize * 32 }, (_, i) => (i % 32 < 30 ? 1 : 0)),
      };
    },
  };
}

const CASES: Record<string, () => Case> = {
  'full training of an E2GAN': () => full({ kind: 'e2gan', norm: 'instance', transformerHeads: 2 }, 'lsgan'),
  'full training of an E2GAN with skips, no norm, cross-entropy': () =>
    full({ kind: 'e2gan', norm: 'none', transformerHeads: 2, skips: true }, 'vanilla'),
  'full training of a ResNet': () => full({ kind: 'resnet', norm: 'instance', blocks: 2 }, 'lsgan'),
  'LoRA training': () => lora('both', 'instance'),
  'LoRA training of the up factors, no norm': () => lora('up', 'none'),
  'training of a text-conditioned base': conditionedBase,
  'LoRA training of a generator with sub-pixels, added to its input': () => lora('both', 'none', SUB_PIXELS),
  'training of a text-conditioned base with sub-pixels, added to its input': () =>
    conditionedBase(SUB_PIXELS),
  'training of a text-conditioned base, narrow at full resolution': () =>
    conditionedBase({ fullResolutionChannels: 2 }),
  'training of a weight denoiser': denoiser,
};

async function train(executor: Executor, { definition, inputs }: Case) {
  const groups = Object.keys(definition.parameters);
  const losses: Record<string, Float32Array>[] = [];
  for (let step = 0; step < STEPS; step++) {
    losses.push(await executor.run(inputs(step), Object.fromEntries(groups.map((group) => [group, RATE]))));
  }
  const values: Record<string, Float32Array> = {};
  for (const group of groups) values[group] = (await executor.state(group)).values;
  await executor.dispose();
  return { losses, values };
}

describe.each(Object.entries(CASES))('%s', (_, make) => {
  it('goes the same way compiled as on the CPU backend of tfjs', async () => {
    const example = make();
    // An epsilon well above rounding: Adam would otherwise turn gradients that are zero but for rounding (of a
    // bias before a norm) into full steps of either sign.
    const adam = { kind: 'adam', beta1: 0.5, beta2: 0.999, epsilon: 1e-4 } as const;
    const run = async (device: DeviceReport) => {
      const values = Object.fromEntries(Object.entries(example.values).map(([name, v]) => [name, v.slice()]));
      const optimizers = Object.fromEntries(Object.keys(values).map((name) => [name, adam]));
      return train(await createExecutor(example.definition, { device, values, optimizers }), example);
    };
    const compiled = await run(CPU_DEVICE);
    const eager = await run({ ...CPU_DEVICE, device: 'tfjs', executor: 'tfjs' });
    for (const [step, losses] of eager.losses.entries()) {
      for (const [name, [loss]] of Object.entries(losses)) {
        const found = compiled.losses[step]![name]![0]!;
        expect(Math.abs(found / loss! - 1), `${name} at step ${step}: ${found} against ${loss}`).toBeLessThan(
          1e-3,
        );
      }
    }
    for (const [group, values] of Object.entries(eager.values)) {
      const found = compiled.values[group]!;
      let [squares, moved] = [0, 0];
      for (const [i, value] of values.entries()) {
        squares += (value - found[i]!) ** 2;
        moved += (value - example.values[group]![i]!) ** 2;
      }
      expect(moved).toBeGreaterThan(0);
      // How far the two ends lie apart, over how far the training went.
      expect(Math.sqrt(squares / moved), group).toBeLessThan(0.01);
    }
  });
});
