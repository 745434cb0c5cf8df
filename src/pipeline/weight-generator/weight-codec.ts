/** How the vectors of a zoo become what is diffused, and back. */
import { type BlockSplitter, createBlockSplitter, type WeightSegment } from '../../data/blocks.ts';
import type { FileLayout } from '../../data/file-zoo.ts';
import { fitLatent, fromLatent, type LatentBasis, toLatent } from '../../data/latent.ts';
import type { PromptEncoder, PromptEncoderKind } from '../../data/prompt-encoder.ts';
import { destandardize, fitStandardizer, type Standardizer, standardize } from '../../data/standardizer.ts';
import type { ZooMember } from '../../data/zoo.ts';
import type { DiffusionData } from '../../models/diffusion.ts';
import { fitRidge, predictRidge, type RidgeModel } from '../../models/ridge.ts';
import { blockLengthMultiple } from '../../project/schema/network-limits.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { UserError } from '../../project/user-error.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { finalVector } from '../weights/zoo-vectors.ts';

type GeneratorConfig = TrainingConfig['weightGenerator'];

/** What a weight generator needs to know of a zoo's member. */
export type PromptedVectors = Pick<ZooMember, 'prompt' | 'checkpoints'>;

/** What the vectors of a zoo are: their tensors, and whose they are. */
export interface WeightSpace {
  /** Of the base that they adapt, or of their layout where they are a folder's files. */
  readonly hash: string;
  /** The tensors, in the order of the vector. */
  readonly segments: readonly WeightSegment[];
  /** Ranks and options of the base's LoRA: vectors of other ranks may be as long. */
  readonly lora?: JsonObject;
  /** Where the zoo is a folder of files: how to write another. */
  readonly files?: FileLayout;
}

/** Everything around the denoiser that a zoo decides: how its vectors become blocks and its prompts tokens. */
export interface WeightCodec {
  readonly encoder: PromptEncoder;
  /** Of what is diffused: the weights, or their principal components as one block. */
  readonly splitter: BlockSplitter;
  /** Of the weights, or of what the ridge head leaves over. */
  readonly standardizer: Standardizer;
  /** The ridge head (`weightGenerator.head: ridge`). */
  readonly head?: RidgeModel;
  /** Of the standardized vectors (`weightGenerator.latent`). */
  readonly latent?: LatentBasis;
}

/** A codec just fitted, with what can be told of it. */
export interface FittedCodec extends WeightCodec {
  /** Share of the zoo's variance that the principal components hold, 0 to 1; where those are diffused. */
  readonly explained?: number;
}

/** @throws UserError where more principal components are wanted than the zoo has */
export async function fitCodec(
  segments: readonly WeightSegment[],
  config: GeneratorConfig,
  members: readonly PromptedVectors[],
  kind: PromptEncoderKind,
): Promise<FittedCodec> {
  const prompts = members.map(({ prompt }) => prompt);
  const encoder = await kind.fit(prompts);
  const features = await encoder.features(prompts);
  const head = config.head === 'ridge' ? await ridgeOfZoo(encoder, members) : undefined;
  const diffused = members.flatMap(({ checkpoints }, i) =>
    checkpoints.map((vector) => withoutHead(vector, head, features[i]!)),
  );
  const standardizer = fitStandardizer(config.standardize, diffused, segments);
  return {
    encoder,
    splitter: splitterFor(segments, config),
    standardizer,
    ...(head && { head }),
    ...(config.latent > 0 &&
      latentOf(
        diffused.map((vector) => standardize(standardizer, vector)),
        config.latent,
      )),
  };
}

/**
 * Cuts what is diffused into blocks: the weights by `grouping`, principal components into a single one that is
 * padded to a length which the denoiser can halve.
 */
export function splitterFor(
  segments: readonly WeightSegment[],
  { latent, patch, blockSize, grouping }: GeneratorConfig,
): BlockSplitter {
  if (latent === 0) return createBlockSplitter(segments, { blockSize, grouping });
  const multiple = blockLengthMultiple(patch);
  return createBlockSplitter([{ name: 'latent', offset: 0, size: latent }], {
    blockSize: Math.ceil(latent / multiple) * multiple,
    grouping: 'across-layers',
  });
}

/** Ridge regression from a prompt's features to the zoo's weights: a head of the generator, and a baseline. */
export async function ridgeOfZoo(
  encoder: PromptEncoder,
  members: readonly PromptedVectors[],
): Promise<RidgeModel> {
  return fitRidge(await encoder.features(members.map(({ prompt }) => prompt)), members.map(finalVector));
}

/**
 * The blocks [count, blockSize] of a vector.
 * @param features of its prompt
 */
export function encodeVector(codec: WeightCodec, vector: Float32Array, features: Float32Array): Float32Array {
  const { splitter, standardizer, latent, head } = codec;
  const standardized = standardize(standardizer, withoutHead(vector, head, features));
  return splitter.split(latent ? toLatent(latent, standardized) : standardized);
}

/**
 * The vector of some blocks [count, blockSize] under a prompt: joined, brought back to the scale of the zoo's
 * weights, and added to what the ridge head predicts. The inverse of `encodeVector`, for principal components
 * of what they span.
 * @param features of the prompt
 */
export function decodeBlocks(codec: WeightCodec, blocks: Float32Array, features: Float32Array): Float32Array {
  const { splitter, standardizer, latent, head } = codec;
  const joined = splitter.join(blocks);
  const diffused = destandardize(standardizer, latent ? fromLatent(latent, joined) : joined);
  if (!head) return diffused;
  const offset = predictRidge(head, features);
  return diffused.map((value, i) => value + offset[i]!);
}

/** The zoo as standardized blocks with their prompts. */
export async function diffusionData(
  codec: WeightCodec,
  config: GeneratorConfig,
  members: readonly PromptedVectors[],
): Promise<DiffusionData> {
  const { encoder, splitter } = codec;
  const prompts = members.map(({ prompt }) => prompt);
  const features = await encoder.features(prompts);
  const [nullPrompt, ...encoded] = await encoder.encode(['', ...prompts], config.maxTokens);
  return {
    blockSize: splitter.blockSize,
    mask: splitter.mask,
    nullPrompt: nullPrompt!,
    examples: members.flatMap(({ checkpoints }, i) =>
      checkpoints.map((vector) => ({
        blocks: encodeVector(codec, vector, features[i]!),
        prompt: encoded[i]!,
      })),
    ),
  };
}

function latentOf(
  vectors: readonly Float32Array[],
  components: number,
): { latent: LatentBasis; explained: number } {
  const fitted = fitLatent(vectors, components);
  if ('basis' in fitted) return { latent: fitted.basis, explained: fitted.explained };
  const { directions } = fitted;
  throw new UserError(
    `weightGenerator.latent: ${components} principal components are wanted, and the zoo's ${vectors.length} weight ` +
      `vectors differ in ${directions} directions. ` +
      (directions > 0 ? `Write ${directions} or fewer, or add to the zoo.` : 'Add others to the zoo.'),
  );
}

/** What the ridge head leaves over of a vector whose prompt has these features. */
function withoutHead(
  vector: Float32Array,
  head: RidgeModel | undefined,
  features: Float32Array,
): Float32Array {
  if (!head) return vector;
  const predicted = predictRidge(head, features);
  return vector.map((value, i) => value - predicted[i]!);
}
