/** Converts the vectors of a zoo to what is diffused, and back. */
import { type BlockSplitter, createBlockSplitter, type WeightSegment } from '../../data/blocks.ts';
import type { FileLayout } from '../../data/file-zoo.ts';
import { fitLatent, fromLatent, type LatentBasis, toLatent } from '../../data/latent.ts';
import type { PromptEncoder, PromptEncoderKind } from '../../data/prompt-encoder.ts';
import { destandardize, fitStandardizer, type Standardizer, standardize } from '../../data/standardizer.ts';
import type { Between } from '../../data/unless-stopped.ts';
import type { ZooMember } from '../../data/zoo.ts';
import type { DiffusionData } from '../../models/diffusion.ts';
import { fitRidge, predictRidge, type RidgeModel } from '../../models/ridge.ts';
import { blockLengthMultiple } from '../../project/schema/network-limits.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { UserError } from '../../project/user-error.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { finalVector } from '../weights/zoo-vectors.ts';

type GeneratorConfig = TrainingConfig['weightGenerator'];

/** What a weight generator needs from a zoo member. */
export type PromptedVectors = Pick<ZooMember, 'prompt' | 'checkpoints'>;

/** The space of a zoo's vectors: their tensors, and what the weights belong to. */
export interface WeightSpace {
  /** Hash of the base that the weights adapt, or of their layout if the zoo is a folder of files. */
  readonly hash: string;
  /** The tensors, in the order of the vector. */
  readonly segments: readonly WeightSegment[];
  /** Ranks and options of the base's LoRA, since vectors of different ranks may have the same length. */
  readonly lora?: JsonObject;
  /** How to write another file, if the zoo is a folder of files. */
  readonly files?: FileLayout;
}

/** What a zoo decides apart from the denoiser: how its vectors become blocks and its prompts become tokens. */
export interface WeightCodec {
  readonly encoder: PromptEncoder;
  /** Splits what is diffused: the weights, or their principal components as one block. */
  readonly splitter: BlockSplitter;
  /** Standardizes the weights, or the residuals of the ridge head. */
  readonly standardizer: Standardizer;
  /** The ridge head (`weightGenerator.head: ridge`). */
  readonly head?: RidgeModel;
  /** Principal components of the standardized vectors (`weightGenerator.latent`). */
  readonly latent?: LatentBasis;
}

/** A newly fitted codec, with what is reported about it. */
export interface FittedCodec extends WeightCodec {
  /** Share of the zoo's variance that the principal components hold, 0 to 1; absent if weights are diffused. */
  readonly explained?: number;
}

/**
 * Fits the codec to a zoo.
 * @param between called between parts of the work, which takes long for many members
 * @throws UserError if more principal components are requested than the zoo has
 */
export async function fitCodec(
  segments: readonly WeightSegment[],
  config: GeneratorConfig,
  members: readonly PromptedVectors[],
  kind: PromptEncoderKind,
  between?: Between,
): Promise<FittedCodec> {
  const prompts = members.map(({ prompt }) => prompt);
  const encoder = await kind.fit(prompts);
  const features = await encoder.features(prompts);
  const head = config.head === 'ridge' ? await ridgeOfZoo(encoder, members, between) : undefined;
  const diffused: Float32Array[] = [];
  for (const [i, { checkpoints }] of members.entries()) {
    for (const vector of checkpoints) diffused.push(withoutHead(vector, head, features[i]!));
    await between?.(i + 1, members.length);
  }
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
 * Splits what is diffused into blocks: the weights by `grouping`, principal components into a single block, padded
 * to a length that the denoiser can halve.
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

/** Ridge regression from prompt features to the zoo's weights: a head of the weight generator, and a baseline. */
export async function ridgeOfZoo(
  encoder: PromptEncoder,
  members: readonly PromptedVectors[],
  between?: Between,
): Promise<RidgeModel> {
  const features = await encoder.features(members.map(({ prompt }) => prompt));
  return fitRidge(features, members.map(finalVector), between);
}

/**
 * The blocks of a vector: [count, blockSize].
 * @param features features of its prompt
 */
export function encodeVector(codec: WeightCodec, vector: Float32Array, features: Float32Array): Float32Array {
  const { splitter, standardizer, latent, head } = codec;
  const standardized = standardize(standardizer, withoutHead(vector, head, features));
  return splitter.split(latent ? toLatent(latent, standardized) : standardized);
}

/**
 * The vector for blocks [count, blockSize] and a prompt: joins the blocks, restores the scale of the zoo's weights,
 * and adds the prediction of the ridge head. The inverse of `encodeVector`; with principal components, only within
 * the subspace that they span.
 * @param features features of the prompt
 */
export function decodeBlocks(codec: WeightCodec, blocks: Float32Array, features: Float32Array): Float32Array {
  const { splitter, standardizer, latent, head } = codec;
  const joined = splitter.join(blocks);
  const diffused = destandardize(standardizer, latent ? fromLatent(latent, joined) : joined);
  if (!head) return diffused;
  const offset = predictRidge(head, features);
  return diffused.map((value, i) => value + offset[i]!);
}

/**
 * The zoo as standardized blocks with prompts.
 * @param between called after each member
 */
export async function diffusionData(
  codec: WeightCodec,
  config: GeneratorConfig,
  members: readonly PromptedVectors[],
  between?: Between,
): Promise<DiffusionData> {
  const { encoder, splitter } = codec;
  const prompts = members.map(({ prompt }) => prompt);
  const features = await encoder.features(prompts);
  const [nullPrompt, ...encoded] = await encoder.encode(['', ...prompts], config.maxTokens);
  const examples: DiffusionData['examples'][number][] = [];
  for (const [i, { checkpoints }] of members.entries()) {
    for (const vector of checkpoints)
      examples.push({ blocks: encodeVector(codec, vector, features[i]!), prompt: encoded[i]! });
    await between?.(i + 1, members.length);
  }
  return {
    blockSize: splitter.blockSize,
    mask: splitter.mask,
    nullPrompt: nullPrompt!,
    examples,
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
    'small-zoo',
    `weightGenerator.latent: ${components} principal components are requested, but the zoo's ${vectors.length} weight ` +
      `vectors differ in ${directions} directions. ` +
      (directions > 0
        ? `Use ${directions} or fewer, or add members to the zoo.`
        : 'Add different members to the zoo.'),
  );
}

/** The residual of the ridge head for a vector whose prompt has these features. */
function withoutHead(
  vector: Float32Array,
  head: RidgeModel | undefined,
  features: Float32Array,
): Float32Array {
  if (!head) return vector;
  const predicted = predictRidge(head, features);
  return vector.map((value, i) => value - predicted[i]!);
}
