import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { wordTable } from '../../data/word-table.ts';
import {
  type CheckpointArchitecture,
  readCheckpoint,
  readCheckpointHeader,
  writeCheckpoint,
} from '../../models/checkpoint.ts';
import { createDiscriminator, type Discriminator } from '../../models/discriminator.ts';
import { createImageGenerator, type ImageGenerator } from '../../models/image-generator.ts';
import { createLora, type LoraAdapter, type LoraOptions } from '../../models/lora.ts';
import { baseHashOf, hashFile } from '../../project/disk/file-hash.ts';
import type { LoadedTraining, Project } from '../../project/load.ts';
import { projectPaths } from '../../project/paths.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { UserError } from '../../project/user-error.ts';
import { safeParse } from '../../protocol/safe-parse.ts';
import { wayTo } from '../remedies.ts';
import { restoreEncoder, storedEncoder, storedEncoderSchema } from './prompt-encoders.ts';
import { featuresOf, type PromptFeatures } from './prompt-features.ts';

/** The networks that a training config describes, without weights. */
export interface BaseNetworks {
  readonly generator: ImageGenerator;
  readonly discriminator: Discriminator;
  readonly lora: LoraAdapter;
  /** Architecture stored in checkpoints of the base, which cannot be loaded into any other architecture. */
  readonly architecture: CheckpointArchitecture;
}

/** A trained base: the generator that every zoo member and every new concept adapt. */
export interface BaseModel extends BaseNetworks {
  /** First 12 hex digits of the SHA-256 of the base file, which name the zoo that belongs to it. */
  readonly hash: string;
  /** Names of the concepts that it was trained on. */
  readonly concepts: readonly string[];
  readonly generatorValues: Float32Array;
  readonly discriminatorValues: Float32Array;
  /** Shared down factors (`lora.train: up`), otherwise empty. */
  readonly loraFrozen: Float32Array;
  /** Fresh LoRA with up factors of zero, so that the adapted generator equals the base. */
  readonly loraStart: Float32Array;
  /**
   * Start of a zoo concept's training: fresh LoRA, the same for all concepts, or the LoRA that a text-conditioned base
   * was trained to use for the concept's prompt.
   */
  loraStartFor(prompt: string): Promise<Float32Array>;
}

export function baseNetworks(training: LoadedTraining): BaseNetworks {
  const { generator, discriminator, image, base } = training.config;
  const lora = adapterOptions(training.config.lora);
  const imageGenerator = createImageGenerator({ ...generator, imageSize: image.size });
  return {
    generator: imageGenerator,
    discriminator: createDiscriminator(discriminator),
    lora: createLora(imageGenerator, lora),
    architecture: {
      kind: 'base',
      image: { size: image.size },
      generator: { ...generator },
      discriminator: { channels: discriminator.channels, layers: discriminator.layers },
      lora: { ...lora },
      conditioning: base.conditioning,
    },
  };
}

/** The options that decide the adapter's layout: the section `lora` without the search for ranks. */
export function adapterOptions({ rank, ranks, train, bias }: TrainingConfig['lora']): LoraOptions {
  return { rank, ranks, train, bias };
}

/** The base with another adapter, whose down factors come from the seed. */
export function withLora(base: BaseModel, options: LoraOptions, seed: number): BaseModel {
  const lora = createLora(base.generator, options);
  const { trained, frozen } = lora.initial(seed);
  return {
    ...base,
    lora,
    architecture: { ...base.architecture, lora: { ...options } },
    loraFrozen: frozen,
    loraStart: trained,
    loraStartFor: async () => trained,
  };
}

/** Writes the base atomically, with its down factors and LoRA start, since its zoo needs the same ones. */
export async function saveBase(
  project: Project,
  training: LoadedTraining,
  networks: BaseNetworks,
  values: {
    generator: Float32Array;
    discriminator: Float32Array;
    loraFrozen: Float32Array;
    loraStart: Float32Array;
    promptMap?: Float32Array;
  },
  extra: { concepts: readonly string[]; steps: number; features?: PromptFeatures | undefined },
): Promise<string> {
  const path = projectPaths(project.folder).base(training.name);
  const group = (groupValues: Float32Array) => ({ values: groupValues, stepCount: extra.steps });
  await writeCheckpoint(path, {
    architecture: networks.architecture,
    groups: {
      generator: group(values.generator),
      discriminator: group(values.discriminator),
      'lora-frozen': group(values.loraFrozen),
      'lora-start': group(values.loraStart),
      ...(values.promptMap && { 'prompt-map': group(values.promptMap) }),
    },
    extra: {
      concepts: [...extra.concepts],
      steps: extra.steps,
      ...(extra.features && {
        features: { encoder: storedEncoder(extra.features.encoder), mean: [...extra.features.mean] },
      }),
    },
  });
  return path;
}

/**
 * With `lora.train: both` a base does not depend on the adapter, so ranks may change after its training; the zoo must
 * then be collected again. Shared down factors (`up`) belong to the base.
 * @throws UserError if no base has been trained yet, or it was trained with sizes that differ from the config's
 */
export async function loadBase(project: Project, training: LoadedTraining): Promise<BaseModel> {
  const path = projectPaths(project.folder).base(training.name);
  if (!existsSync(path)) {
    throw new UserError(
      'stage-needed',
      `${training.name}: no base generator yet (${path}). Train it first: ${wayTo('trainBase', training.name)}`,
    );
  }
  const networks = baseNetworks(training);
  const checkpoint = await readCheckpoint(path, await expectedArchitecture(path, networks));
  const loraStart = checkpoint.groups['lora-start']!.values;
  const promptMap = checkpoint.groups['prompt-map']?.values;
  const features = promptMap && (await storedFeatures(path, checkpoint.extra.features));
  const base: BaseModel = {
    ...networks,
    hash: baseHashOf(await hashFile(path)),
    concepts: checkpoint.extra.concepts as string[],
    generatorValues: checkpoint.groups.generator!.values,
    discriminatorValues: checkpoint.groups.discriminator!.values,
    loraFrozen: checkpoint.groups['lora-frozen']!.values,
    loraStart,
    loraStartFor: async (prompt) => {
      if (!promptMap || !features) return loraStart;
      const [row] = await featuresOf(features, [prompt]);
      return mapped(loraStart, promptMap, row!);
    },
  };
  const isAsStored = isDeepStrictEqual(checkpoint.architecture.lora, networks.architecture.lora);
  return isAsStored ? base : withLora(base, networks.lora.options, training.config.seed);
}

/** The config's architecture; with the file's own adapter if neither has shared down factors. */
async function expectedArchitecture(
  path: string,
  { architecture, lora }: BaseNetworks,
): Promise<CheckpointArchitecture> {
  // A file without a readable architecture is rejected when it is read whole.
  const header = await readCheckpointHeader(path);
  const stored = (header.architecture as { lora?: LoraOptions } | undefined)?.lora;
  return lora.options.train === 'both' && stored?.train === 'both'
    ? { ...architecture, lora: { ...stored } }
    : architecture;
}

const storedFeaturesSchema = z.object({
  mean: z.array(z.number()),
  encoder: storedEncoderSchema.optional(),
  /** Words of the word table, in files from before prompt encoders had names. */
  words: z.array(z.string()).optional(),
});

async function storedFeatures(path: string, stored: unknown): Promise<PromptFeatures> {
  const parsed = safeParse(storedFeaturesSchema, stored);
  if (!parsed.success)
    throw new UserError(
      'damaged-file',
      `${path}: its features of prompts cannot be read. The file is damaged: train the base again.`,
    );
  const { mean, words, encoder } = parsed.data;
  const named = encoder ?? { name: wordTable.name, version: 1, state: { words, buckets: 1 } };
  return { encoder: await restoreEncoder(path, named), mean: Float32Array.from(mean) };
}

/** `start` plus the product of the features [features] and the map [features, LoRA values]. */
function mapped(start: Float32Array, map: Float32Array, features: Float32Array): Float32Array {
  const sum = start.slice();
  for (const [word, weight] of features.entries()) {
    const row = map.subarray(word * sum.length, (word + 1) * sum.length);
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * row[i]!;
  }
  return sum;
}
