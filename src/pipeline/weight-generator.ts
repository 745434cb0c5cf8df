import { existsSync } from 'node:fs';
import { createExecutor } from '../compute/executor.ts';
import type { DeviceReport } from '../compute/types.ts';
import { type BlockSplitter, createBlockSplitter } from '../data/blocks.ts';
import { Random } from '../data/random.ts';
import { readSafetensorsHeader } from '../data/safetensors.ts';
import { destandardize, fitStandardizer, type Standardizer, standardize } from '../data/standardizer.ts';
import { type EncodedPrompt, nullPrompt, Vocabulary } from '../data/text.ts';
import type { ZooMember } from '../data/zoo.ts';
import { type CheckpointArchitecture, readCheckpoint, writeCheckpoint } from '../models/checkpoint.ts';
import { denoiserInferenceStep } from '../models/denoiser-step.ts';
import {
  createSchedule,
  type DiffusionData,
  type NetworkConventions,
  sampleBlocks,
} from '../models/diffusion.ts';
import { fitRidge, predictRidge, type RidgeModel } from '../models/ridge.ts';
import { createWeightDenoiser, type WeightDenoiser } from '../models/weight-denoiser.ts';
import { projectPaths } from '../project/paths.ts';
import type { LoadedTraining, Project } from '../project/project.ts';
import type { TrainingConfig } from '../project/training-schema.ts';
import { UserError } from '../project/user-error.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { BaseModel } from './base-model.ts';
import { finalVector } from './zoo-vectors.ts';

type GeneratorConfig = TrainingConfig['weightGenerator'];

/** Everything around the denoiser that a zoo decides: how its vectors become blocks and its prompts tokens. */
export interface WeightCoding {
  readonly vocabulary: Vocabulary;
  readonly splitter: BlockSplitter;
  /** Of what is diffused: the weights, or what the ridge head leaves over. */
  readonly standardizer: Standardizer;
  /** The ridge head (`weightGenerator.head: ridge`). */
  readonly head?: RidgeModel;
}

/** A weight generator ready to denoise. */
export interface WeightGenerator {
  readonly coding: WeightCoding;
  readonly denoiser: WeightDenoiser;
  /** The moving average of the training. */
  readonly denoiserValues: Float32Array;
}

export function fitCoding(
  base: BaseModel,
  config: GeneratorConfig,
  members: readonly ZooMember[],
): WeightCoding {
  const vocabulary = Vocabulary.ofPrompts(members.map(({ prompt }) => prompt));
  const head = config.head === 'ridge' ? ridgeOfZoo(vocabulary, members) : undefined;
  const { manifest } = base.lora;
  const diffused = members.flatMap((member) =>
    member.checkpoints.map((vector) => withoutHead(vector, head, vocabulary, member.prompt)),
  );
  return {
    vocabulary,
    splitter: createBlockSplitter(manifest, config),
    standardizer: fitStandardizer(config.standardize, diffused, manifest),
    ...(head && { head }),
  };
}

/** Ridge regression from the words of a prompt to the zoo's weights: a head of the generator, and a baseline. */
export function ridgeOfZoo(vocabulary: Vocabulary, members: readonly ZooMember[]): RidgeModel {
  return fitRidge(
    members.map(({ prompt }) => vocabulary.bagOfWords(prompt)),
    members.map(finalVector),
  );
}

/** The zoo as standardised blocks with their prompts. */
export function diffusionData(
  coding: WeightCoding,
  config: GeneratorConfig,
  members: readonly ZooMember[],
): DiffusionData {
  const { vocabulary, splitter, standardizer, head } = coding;
  return {
    blockSize: config.blockSize,
    mask: splitter.mask,
    nullPrompt: nullPrompt(config.maxTokens),
    examples: members.flatMap((member) =>
      member.checkpoints.map((vector) => ({
        blocks: splitter.split(
          standardize(standardizer, withoutHead(vector, head, vocabulary, member.prompt)),
        ),
        prompt: vocabulary.encode(member.prompt, config.maxTokens),
      })),
    ),
  };
}

export function denoiserFor(
  config: GeneratorConfig,
  coding: Pick<WeightCoding, 'vocabulary' | 'splitter'>,
): WeightDenoiser {
  const { blockSize, channels, heads, patch, embedding, maxTokens } = config;
  return createWeightDenoiser({
    blockSize,
    blockCount: coding.splitter.count,
    channels,
    heads,
    patch,
    embedding,
    vocabularySize: coding.vocabulary.size,
    maxTokens,
  });
}

export function diffusionConventions(config: GeneratorConfig): NetworkConventions {
  return {
    schedule: createSchedule(config.schedule, config.timesteps),
    prediction: config.prediction,
    gateInput: config.gateInput,
  };
}

/** What a weight generator's files carry: network, coding, and the base that its weights belong to. */
export function generatorArchitecture(
  base: BaseModel,
  config: GeneratorConfig,
  denoiser: WeightDenoiser,
): CheckpointArchitecture {
  const { grouping, standardize, prediction, schedule, timesteps, gateInput, head } = config;
  return {
    kind: 'weight-generator',
    base: base.hash,
    loraParameters: base.lora.layout.size,
    lora: base.architecture.lora,
    denoiser: { ...denoiser.options },
    coding: { grouping, standardize, head },
    diffusion: { prediction, schedule, timesteps, gateInput },
  };
}

export async function saveWeightGenerator(
  path: string,
  base: BaseModel,
  config: GeneratorConfig,
  generator: WeightGenerator,
  steps: number,
  prompts: readonly string[],
): Promise<void> {
  const { coding, denoiser, denoiserValues } = generator;
  const { head, standardizer, vocabulary } = coding;
  const group = (values: Float32Array) => ({ values, stepCount: steps });
  await writeCheckpoint(path, {
    architecture: generatorArchitecture(base, config, denoiser),
    groups: {
      denoiser: group(denoiserValues),
      mean: group(standardizer.mean),
      std: group(standardizer.std),
      ...(head && {
        'ridge.coefficients': group(head.coefficients),
        'ridge.target-mean': group(head.targetMean),
        'ridge.feature-mean': group(Float32Array.from(head.featureMean)),
      }),
    },
    extra: {
      vocabulary: { ...vocabulary.toJSON() },
      prompts: [...prompts],
      ...(head && { ridge: { lambda: head.lambda, leaveOneOutError: head.leaveOneOutError } }),
    },
  });
}

/** @throws UserError where there is none yet, or it was trained for another base or with other sizes */
export async function loadWeightGenerator(
  project: Project,
  training: LoadedTraining,
  base: BaseModel,
): Promise<WeightGenerator> {
  const path = projectPaths(project.folder).weightGenerator(training.name);
  if (!existsSync(path)) {
    throw new UserError(
      `${training.name}: no weight generator yet (${path}). Train it first: dnw train-generator --training ${training.name}`,
    );
  }
  const config = training.config.weightGenerator;
  const vocabulary = await storedVocabulary(path);
  const splitter = createBlockSplitter(base.lora.manifest, config);
  const denoiser = denoiserFor(config, { vocabulary, splitter });
  const { groups, extra } = await readCheckpoint(path, generatorArchitecture(base, config, denoiser));
  const values = (name: string) => groups[name]!.values;
  const ridge = extra.ridge as JsonObject | undefined;
  return {
    denoiser,
    denoiserValues: values('denoiser'),
    coding: {
      vocabulary,
      splitter,
      standardizer: { mean: values('mean'), std: values('std') },
      ...(ridge && {
        head: {
          lambda: ridge.lambda as number,
          leaveOneOutError: ridge.leaveOneOutError as number,
          coefficients: values('ridge.coefficients'),
          targetMean: values('ridge.target-mean'),
          featureMean: Float64Array.from(values('ridge.feature-mean')),
        },
      }),
    },
  };
}

async function storedVocabulary(path: string): Promise<Vocabulary> {
  const { metadata } = await readSafetensorsHeader(path);
  try {
    const { vocabulary } = JSON.parse(metadata.extra!) as {
      vocabulary: { words: string[]; buckets: number };
    };
    return new Vocabulary(vocabulary);
  } catch {
    throw new UserError(
      `${path}: its metadata has no vocabulary. It is damaged: train the weight generator anew.`,
    );
  }
}

/** @throws UserError where there cannot be so many */
export function checkDenoisingSteps(steps: number, { timesteps }: GeneratorConfig): void {
  if (Number.isInteger(steps) && steps >= 1 && steps <= timesteps) return;
  throw new UserError(
    `${steps} denoising steps: with weightGenerator.timesteps ${timesteps}, use 1 to as many.`,
  );
}

export interface DenoisedWeights {
  /** Flat LoRA vector. */
  readonly vector: Float32Array;
  readonly prompt: EncodedPrompt;
}

/**
 * Denoises the LoRA weights of a prompt: all blocks at once from noise, one step or several (DDIM), joined,
 * brought back to the scale of the zoo's weights, and added to what the ridge head predicts.
 */
export async function denoiseWeights(
  generator: WeightGenerator,
  config: GeneratorConfig,
  prompt: string,
  options: { readonly steps: number; readonly seed: number; readonly device: DeviceReport },
): Promise<DenoisedWeights> {
  const { coding, denoiser, denoiserValues } = generator;
  const { splitter, standardizer, vocabulary, head } = coding;
  const { count } = splitter;
  const encoded = vocabulary.encode(prompt, config.maxTokens);
  const none = nullPrompt(config.maxTokens);
  const executor = await createExecutor(denoiserInferenceStep({ denoiser, batchSize: count }), {
    device: options.device,
    values: { denoiser: denoiserValues.slice() },
  });
  try {
    const blocks = await sampleBlocks({
      ...diffusionConventions(config),
      steps: options.steps,
      guidance: config.sampling.guidance,
      mask: splitter.mask,
      random: new Random(options.seed).fork('denoise'),
      predict: async (input, timestep, prompted) => {
        const { tokens, mask } = prompted ? encoded : none;
        const { prediction } = await executor.run({
          blocks: input,
          blockIndex: Int32Array.from({ length: count }, (_, i) => i),
          timestep: new Float32Array(count).fill(timestep),
          tokens: repeated(tokens, count, new Int32Array(count * tokens.length)),
          tokenMask: repeated(mask, count, new Float32Array(count * mask.length)),
        });
        return prediction!;
      },
    });
    const diffused = destandardize(standardizer, splitter.join(blocks));
    const offset = head && predictRidge(head, vocabulary.bagOfWords(prompt));
    const vector = offset ? diffused.map((value, i) => value + offset[i]!) : diffused;
    return { vector, prompt: encoded };
  } finally {
    await executor.dispose();
  }
}

function withoutHead(
  vector: Float32Array,
  head: RidgeModel | undefined,
  vocabulary: Vocabulary,
  prompt: string,
): Float32Array {
  if (!head) return vector;
  const predicted = predictRidge(head, vocabulary.bagOfWords(prompt));
  return vector.map((value, i) => value - predicted[i]!);
}

function repeated<T extends Int32Array | Float32Array>(row: T, count: number, into: T): T {
  for (let i = 0; i < count; i++) into.set(row, i * row.length);
  return into;
}
