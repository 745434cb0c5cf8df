import type { DeviceReport } from '../../compute/types.ts';
import { fitStandardizer } from '../../data/standardizer.ts';
import type { LoadedConcept } from '../../project/project.ts';
import type { HeldOutImages } from '../metrics/held-out.ts';
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
  likeness,
  type MemberNeighbor,
  type Memorization,
  type Neighbor,
  nearestAmongMembers,
  neighbors,
} from './memorization.ts';

/** Number of nearest neighbors in weights whose pictures are compared. */
const NEAREST = 3;
/** Number of members whose pictures are compared with those of their nearest fellow member. */
const COMPARED_MEMBERS = 24;

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

  const translator = await LoraTranslator.create(base, device, images.count);
  try {
    const own = await translator.translate(vector, images);
    const pictures = new Map<number, Float32Array>();
    const picturesOf = async (index: number) => {
      const made = pictures.get(index) ?? (await translator.translate(members[index]!, images));
      pictures.set(index, made);
      return made;
    };
    const beside = async ({ index, distance }: Neighbor): Promise<MemberNeighbor> => ({
      concept: zoo[index]!.concept,
      distance,
      likeness: likeness(own, await picturesOf(index)),
    });
    const nearest: MemberNeighbor[] = [];
    for (const neighbor of ranked.slice(0, NEAREST)) nearest.push(await beside(neighbor));
    const memberLikenesses: number[] = [];
    for (const { member, nearest: fellow } of evenlyChosen(amongMembers, COMPARED_MEMBERS)) {
      if (shouldStop()) return undefined;
      memberLikenesses.push(likeness(await picturesOf(member), await picturesOf(fellow.index)));
    }
    const encoder = promptEncoderFor(context.training.config);
    const byPrompt = await nearestMember(encoder, zoo, concept.prompt);
    return {
      concept: concept.name,
      nearest,
      nearestByPrompt: await beside(ranked.find(({ index }) => zoo[index] === byPrompt)!),
      memberDistances: amongMembers.map(({ nearest: { distance } }) => distance),
      memberLikenesses,
      layers: layerRanges(manifest, vector, members),
      draws: { count: draws.length, spread: drawSpread(standardizer, draws) },
    };
  } finally {
    await translator.dispose();
  }
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
