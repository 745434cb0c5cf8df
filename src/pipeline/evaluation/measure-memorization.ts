import type { DeviceReport } from '../../compute/types.ts';
import { inBatches } from '../../data/image-sequence.ts';
import { fitStandardizer } from '../../data/standardizer.ts';
import type { LoadedConcept } from '../../project/project.ts';
import { type HeldOutImages, measuringBatch } from '../metrics/held-out.ts';
import { HIGHEST_PSNR, SquaredErrors } from '../metrics/image-metrics.ts';
import { LoraTranslator } from '../metrics/lora-translator.ts';
import { evenlyChosen } from '../metrics/sample-statistics.ts';
import type { StageContext } from '../stage.ts';
import { drawSeeds } from '../weight-generator/best-of.ts';
import { loadWeightGenerator } from '../weight-generator/generator-file.ts';
import { WeightSampler } from '../weight-generator/weight-sampler.ts';
import type { BaseModel } from '../weights/base-model.ts';
import { promptEncoderFor } from '../weights/prompt-encoders.ts';
import { finalVector, nearestMember, readZoo } from '../weights/zoo-vectors.ts';
import {
  drawSpread,
  layerRanges,
  type MemberNeighbor,
  type Memorization,
  nearestAmongMembers,
  neighbors,
} from './memorization.ts';

/** Number of nearest neighbors in weights whose pictures are compared. */
const NEAREST = 3;
/** Number of members whose pictures are compared with those of their nearest fellow member. */
const COMPARED_MEMBERS = 24;
/** The most bytes of the pictures that are compared at once. */
const MOST_BYTES = 128 * 1024 * 1024;

interface MemorizationOptions {
  readonly base: BaseModel;
  readonly concept: LoadedConcept;
  /** The denoised LoRA vector. */
  readonly vector: Float32Array;
  /** The images that the weights translate. */
  readonly images: HeldOutImages;
  readonly device: DeviceReport;
  /** Seed of the first of the draws whose spread is measured. */
  readonly seed: number;
}

/**
 * Compares denoised weights with the zoo, by the weights and by the pictures that they make of the concept's images.
 * @returns undefined if a stop was requested
 */
export async function measureMemorization(
  context: StageContext,
  { base, concept, vector, images, device, seed }: MemorizationOptions,
): Promise<Memorization | undefined> {
  const { project, training, shouldStop } = context;
  const config = training.config.weightGenerator;
  const { manifest } = base.lora;
  const zoo = await readZoo(project, training, base);
  const members = zoo.map(finalVector);
  const standardizer = fitStandardizer(config.standardize, members, manifest);
  const ranked = neighbors(standardizer, members, vector);
  const amongMembers = nearestAmongMembers(standardizer, members);
  const draws = await drawsOf(context, { base, concept, device, seed });

  const encoder = promptEncoderFor(context.training.config);
  const byPrompt = await nearestMember(encoder, zoo, concept.prompt);
  const besideOwn = [
    ...ranked.slice(0, NEAREST),
    ranked.find(({ index }) => zoo[index] === byPrompt)!,
  ] as const;
  const likenesses = await likenessesOf(
    [
      ...besideOwn.map(({ index }) => [vector, members[index]!] as const),
      ...evenlyChosen(amongMembers, COMPARED_MEMBERS).map(
        ({ member, nearest: fellow }) => [members[member]!, members[fellow.index]!] as const,
      ),
    ],
    images,
    { base, device, shouldStop },
  );
  if (!likenesses) return undefined;
  const neighborsInWeights = besideOwn.map(
    ({ index, distance }, i): MemberNeighbor => ({
      concept: zoo[index]!.concept,
      distance,
      likeness: likenesses[i]!,
    }),
  );
  return {
    concept: concept.name,
    nearest: neighborsInWeights.slice(0, -1),
    nearestByPrompt: neighborsInWeights.at(-1)!,
    memberDistances: amongMembers.map(({ nearest: { distance } }) => distance),
    memberLikenesses: likenesses.slice(besideOwn.length),
    layers: layerRanges(manifest, vector, members),
    draws: { count: draws.length, spread: drawSpread(standardizer, draws) },
  };
}

/**
 * How alike the pictures are that two LoRA vectors make of the same images, for some pairs of vectors. Each vector translates each
 * image once; memory holds what all of them make of a few images.
 * @returns the likeness of each pair, or undefined if a stop was requested
 */
async function likenessesOf(
  pairs: readonly (readonly [Float32Array, Float32Array])[],
  images: HeldOutImages,
  {
    base,
    device,
    shouldStop,
  }: Pick<MemorizationOptions, 'base' | 'device'> & Pick<StageContext, 'shouldStop'>,
): Promise<number[] | undefined> {
  const vectors = [...new Set(pairs.flat())];
  const bytes = vectors.length * images.size ** 2 * 3 * Float32Array.BYTES_PER_ELEMENT;
  const batchSize = Math.min(measuringBatch(images.count), Math.max(1, Math.floor(MOST_BYTES / bytes)));
  const sums = pairs.map(() => new SquaredErrors());
  const translator = await LoraTranslator.create(base, device, batchSize);
  try {
    for await (const { images: source } of inBatches(images.source, batchSize)) {
      const made = new Map<Float32Array, Float32Array>();
      for (const vector of vectors) {
        if (shouldStop()) return undefined;
        made.set(vector, await translator.translateImages(vector, source));
      }
      for (const [i, [a, b]] of pairs.entries()) sums[i]!.add(made.get(a)!, made.get(b)!);
    }
  } finally {
    await translator.dispose();
  }
  return sums.map((errors) => Math.min(errors.psnr(), HIGHEST_PSNR));
}

/** Draws weights for the prompt from several seeds. */
async function drawsOf(
  { project, training }: StageContext,
  { base, concept, device, seed }: Pick<MemorizationOptions, 'base' | 'concept' | 'device' | 'seed'>,
): Promise<Float32Array[]> {
  const { weightGenerator, evaluate } = training.config;
  const { steps } = weightGenerator.sampling;
  const generator = await loadWeightGenerator(project, training, base);
  const sampler = await WeightSampler.create(generator, weightGenerator, device);
  try {
    const draws: Float32Array[] = [];
    for (const drawn of drawSeeds(seed, evaluate.draws)) {
      draws.push((await sampler.draw(concept.prompt, { steps, seed: drawn })).vector);
    }
    return draws;
  } finally {
    await sampler.dispose();
  }
}
