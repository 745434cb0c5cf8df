import { beforeAll, describe, expect, test } from 'vitest';
import { selectDevice } from '../../../src/compute/devices.ts';
import { createExecutor } from '../../../src/compute/executor.ts';
import type { DeviceReport } from '../../../src/compute/types.ts';
import type { WeightSegment } from '../../../src/data/blocks.ts';
import { Random } from '../../../src/data/random.ts';
import { wordTable } from '../../../src/data/word-table.ts';
import { denoiserInferenceStep, denoiserTrainingStep } from '../../../src/models/denoiser-step.ts';
import { diffusionBatch, sampleBlocks } from '../../../src/models/diffusion.ts';
import {
  denoiserFor,
  loadWeightGenerator,
  saveWeightGenerator,
  spaceOfBase,
  type WeightGenerator,
} from '../../../src/pipeline/weight-generator/generator-file.ts';
import {
  decodeBlocks,
  diffusionData,
  encodeVector,
  fitCodec,
  type PromptedVectors,
} from '../../../src/pipeline/weight-generator/weight-codec.ts';
import {
  denoiseWeights,
  diffusionConventions,
} from '../../../src/pipeline/weight-generator/weight-sampler.ts';
import { projectPaths } from '../../../src/project/paths.ts';
import type { TrainingConfig } from '../../../src/project/schema/training-schema.ts';
import { makeTrainedProject, type TrainedProject } from '../../engine/trained-project.ts';
import { normalValues } from '../../models/eager.ts';

type GeneratorConfig = TrainingConfig['weightGenerator'];

/** Each prompt stands for two looks, which lie as far apart as those of different prompts. */
const PROMPTS = ['the first scene', 'another scene'];
const MEMBERS_PER_LOOK = 5;
const SPREAD = 0.05;

let trained: TrainedProject;
let device: DeviceReport;
/** By prompt. */
let looks: Float32Array[][];
let zoo: PromptedVectors[];

beforeAll(async () => {
  trained = await makeTrainedProject();
  device = await selectDevice('cpu', 1);
  const { size } = trained.base.lora.layout;
  looks = PROMPTS.map((_, prompt) => [0, 1].map((look) => normalValues(size, 10 + 2 * prompt + look)));
  zoo = PROMPTS.flatMap((prompt, p) =>
    looks[p]!.flatMap((look, l) =>
      Array.from({ length: MEMBERS_PER_LOOK }, (_, n) => {
        const noise = normalValues(size, 100 + 20 * p + 10 * l + n, SPREAD);
        return { prompt, checkpoints: [look.map((value, i) => value + noise[i]!)] };
      }),
    ),
  );
});

// Four looks differ in three directions, so that three components hold nearly all, and one place is padding.
const configOf = (changes: Partial<GeneratorConfig> = {}): GeneratorConfig => ({
  ...trained.training.config.weightGenerator,
  latent: 3,
  patch: 1,
  channels: 16,
  heads: 2,
  embedding: 16,
  head: 'none',
  ...changes,
});

async function train(
  config: GeneratorConfig,
  steps: number,
  segments: readonly WeightSegment[] = trained.base.lora.manifest,
  members: readonly PromptedVectors[] = zoo,
): Promise<WeightGenerator> {
  const codec = await fitCodec(segments, config, members, wordTable);
  const denoiser = denoiserFor(config, codec);
  const data = await diffusionData(codec, config, members);
  const executor = await createExecutor(denoiserTrainingStep({ denoiser, batchSize: 32 }), {
    device,
    values: { denoiser: denoiser.initial(1) },
    optimizers: { denoiser: { kind: 'adam', beta1: 0.9, beta2: 0.99 } },
  });
  try {
    const options = { ...config, ...diffusionConventions(config), batchSize: 32 };
    const batches = new Random(2);
    for (let step = 0; step < steps; step++) {
      const rate = 4e-3 * (1 - step / steps);
      await executor.run(diffusionBatch(data, options, batches.fork(`step ${step}`)), { denoiser: rate });
    }
    return {
      codec,
      denoiser,
      denoiserValues: (await executor.values('denoiser')).slice(),
      prompts: members.map(({ prompt }) => prompt),
    };
  } finally {
    await executor.dispose();
  }
}

/** Many weights of one prompt at once: the blocks of a batch are independent. */
async function samples(
  { codec, denoiser, denoiserValues }: WeightGenerator,
  config: GeneratorConfig,
  prompt: string,
  { count, steps }: { count: number; steps: number },
): Promise<Float32Array[]> {
  const { splitter, encoder } = codec;
  const [encoded] = await encoder.encode([prompt], config.maxTokens);
  const { tokens, mask } = encoded!;
  const [features] = await encoder.features([prompt]);
  const rows = count * splitter.count;
  const length = splitter.count * splitter.blockSize;
  const repeat = (row: ArrayLike<number>, times: number) =>
    Array.from({ length: times }, () => Array.from(row)).flat();
  const executor = await createExecutor(denoiserInferenceStep({ denoiser, batchSize: rows }), {
    device,
    values: { denoiser: denoiserValues },
  });
  try {
    const blocks = await sampleBlocks({
      ...diffusionConventions(config),
      steps,
      guidance: 1,
      mask: Float32Array.from(repeat(splitter.mask, count)),
      random: new Random(3),
      predict: async (input, timestep) => {
        const { prediction } = await executor.run({
          blocks: input,
          blockIndex: Int32Array.from({ length: rows }, (_, i) => i % splitter.count),
          timestep: new Float32Array(rows).fill(timestep),
          tokens: Int32Array.from(repeat(tokens, rows)),
          tokenMask: Float32Array.from(repeat(mask, rows)),
        });
        return prediction!;
      },
    });
    return Array.from({ length: count }, (_, i) =>
      decodeBlocks(codec, blocks.slice(i * length, (i + 1) * length), features!),
    );
  } finally {
    await executor.dispose();
  }
}

const distance = (a: Float32Array, b: Float32Array) =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0));

/** How far from each look of a prompt, as a share of the distance between its two looks. */
function distances(vector: Float32Array, prompt: number): number[] {
  const [first, second] = looks[prompt]!.map((look) => look.subarray(0, vector.length)) as [
    Float32Array,
    Float32Array,
  ];
  const apart = distance(first, second);
  return [distance(vector, first) / apart, distance(vector, second) / apart];
}

describe('the codec', () => {
  test('is one block of the components, padded with zeros that the mask leaves out', async () => {
    const config = configOf();
    const codec = await fitCodec(trained.base.lora.manifest, config, zoo, wordTable);
    const { count, blockSize, mask } = codec.splitter;
    expect({ count, blockSize, mask: [...mask] }).toEqual({ count: 1, blockSize: 4, mask: [1, 1, 1, 0] });
    expect(codec.explained).toBeGreaterThan(0.95);
    const { examples } = await diffusionData(codec, config, zoo);
    expect(examples.length).toBe(zoo.length);
    for (const { blocks } of examples) expect([blocks.length, blocks[3]]).toEqual([4, 0]);
  });

  test.each(['none', 'ridge'] as const)(
    'gives every vector of the zoo’s span back (head %s)',
    async (head) => {
      for (const standardize of ['tensor', 'parameter', 'none'] as const) {
        const few = zoo.filter((_, i) => i % 3 === 0);
        const config = configOf({ head, standardize, latent: few.length - 1 });
        const codec = await fitCodec(trained.base.lora.manifest, config, few, wordTable);
        const features = await codec.encoder.features(few.map(({ prompt }) => prompt));
        for (const [i, { checkpoints }] of few.entries()) {
          const blocks = encodeVector(codec, checkpoints[0]!, features[i]!);
          const again = decodeBlocks(codec, blocks, features[i]!);
          expect(distance(again, checkpoints[0]!)).toBeLessThan(2e-5 * Math.sqrt(again.length));
        }
      }
    },
  );

  test('is refused where the zoo has not so many components, saying how many it has', async () => {
    const config = configOf({ latent: 20 });
    await expect(fitCodec(trained.base.lora.manifest, config, zoo, wordTable)).rejects.toThrow(
      "weightGenerator.latent: 20 principal components are requested, but the zoo's 20 weight vectors differ in 19 directions. Use 19 or fewer, or add members to the zoo.",
    );
  });
});

describe.each([true, false])('of an ambiguous prompt (gateInput %s)', (gateInput) => {
  let config: GeneratorConfig;
  let generator: WeightGenerator;
  beforeAll(async () => {
    config = configOf({ gateInput });
    generator = await train(config, 400);
  });

  test.each([0, 1])(
    'many steps give one look or the other, and one step what lies between (prompt %i)',
    async (p) => {
      const sampled = await samples(generator, config, PROMPTS[p]!, { count: 40, steps: 20 });
      const near = sampled.map((vector) => distances(vector, p));
      const first = near.filter(([a]) => a! < 0.25).length;
      const second = near.filter(([, b]) => b! < 0.25).length;
      expect(first + second).toBeGreaterThanOrEqual(32);
      expect(Math.min(first, second)).toBeGreaterThanOrEqual(8);

      const between = await samples(generator, config, PROMPTS[p]!, { count: 10, steps: 1 });
      for (const vector of between) {
        for (const share of distances(vector, p)) expect(Math.abs(share - 0.5)).toBeLessThan(0.15);
      }
    },
  );
});

test('blocks that are sampled each by itself mix the looks of a prompt', async () => {
  // Four blocks: all from one look by chance in one of eight.
  const size = 64;
  const config = configOf({ latent: 0, blockSize: size / 4, grouping: 'across-layers' });
  const short = zoo.map(({ prompt, checkpoints }) => ({
    prompt,
    checkpoints: checkpoints.map((vector) => vector.slice(0, size)),
  }));
  const generator = await train(config, 400, [{ name: 'weights', offset: 0, size }], short);
  const sampled = await samples(generator, config, PROMPTS[0]!, { count: 40, steps: 20 });
  const { splitter } = generator.codec;
  const ofOneLook = (vector: Float32Array) => distances(vector, 0).some((share) => share < 0.25);
  expect(sampled.filter(ofOneLook).length).toBeLessThan(15);
  // Each block by itself is of one look: the network has learned what it could.
  const [first, second] = looks[0]! as [Float32Array, Float32Array];
  const blocks = sampled.flatMap((vector) =>
    Array.from({ length: splitter.count }, (_, i) => {
      const part = (of: Float32Array) => of.subarray(i * config.blockSize, (i + 1) * config.blockSize);
      const apart = distance(part(first), part(second));
      return Math.min(distance(part(vector), part(first)), distance(part(vector), part(second))) / apart;
    }),
  );
  expect(blocks.filter((share) => share < 0.25).length).toBeGreaterThan(0.8 * blocks.length);
});

test.each(['none', 'ridge'] as const)(
  'a stored generator gives the same weights bit for bit (head %s)',
  async (head) => {
    const { project, training, base } = trained;
    const config = configOf({ head });
    const generator = await train(config, 5);
    const path = projectPaths(project.folder).weightGenerator(training.name);
    await saveWeightGenerator(path, spaceOfBase(base), config, generator, 5);
    const stored = { ...training, config: { ...training.config, weightGenerator: config } };
    const loaded = await loadWeightGenerator(project, stored, base);
    const draw = (from: WeightGenerator, seed: number) =>
      denoiseWeights(from, config, PROMPTS[0]!, { steps: 4, seed, device });
    const [made, again, other] = [await draw(generator, 1), await draw(loaded, 1), await draw(loaded, 2)];
    expect(again.vector).toEqual(made.vector);
    expect(other.vector).not.toEqual(made.vector);
  },
);
