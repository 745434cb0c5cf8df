import type { DeviceReport } from '../../compute/types.ts';
import type { PreparedPairs } from '../../data/prepared.ts';
import { Random } from '../../data/random.ts';
import type { LoadedConcept } from '../../project/project.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { UserError } from '../../project/user-error.ts';
import { heldOutImages } from '../metrics/held-out.ts';
import { HIGHEST_PSNR } from '../metrics/image-metrics.ts';
import { LoraTranslator } from '../metrics/lora-translator.ts';
import type { BaseModel } from '../weights/base-model.ts';
import type { WeightGenerator } from './generator-file.ts';
import { type DenoisedWeights, denoiseWeights, drawsAreEqual, WeightSampler } from './weight-sampler.ts';

/** Number of training images on which candidates are judged. */
const IMAGES = 5;
const SEEDS = 2 ** 31;

/** A set of weights drawn from one seed, and the mean PSNR in decibels of its translated training images. */
export interface Candidate {
  readonly seed: number;
  readonly psnr: number;
}

export interface BestOf {
  readonly weights: DenoisedWeights;
  /** Seed of the noise from which the weights were drawn. */
  readonly seed: number;
  /** Number of training images judged on; 0 for a single candidate, which needs no judging. */
  readonly images: number;
  /** All candidates, in the order in which they were drawn. */
  readonly candidates: readonly Candidate[];
}

/** The given seed, then others derived from it. A larger count only appends seeds. */
export function drawSeeds(seed: number, count: number): number[] {
  const random = new Random(seed).fork('draws');
  return [seed, ...Array.from({ length: count - 1 }, () => random.int(SEEDS))];
}

/**
 * The candidate with the highest score; the first one if several are equal.
 * @param score mean PSNR in decibels of the translations by these weights
 * @param onCandidate called after each candidate is scored
 */
export async function bestCandidate<W>(
  seeds: readonly number[],
  draw: (seed: number) => Promise<W>,
  score: (weights: W) => Promise<number>,
  onCandidate: (candidate: Candidate, index: number) => void = () => {},
): Promise<{ weights: W; seed: number; candidates: Candidate[] }> {
  const candidates: Candidate[] = [];
  let best: { weights: W; seed: number; psnr: number } | undefined;
  for (const [index, seed] of seeds.entries()) {
    const weights = await draw(seed);
    const psnr = await score(weights);
    const candidate = { seed, psnr: Math.min(psnr, HIGHEST_PSNR) };
    candidates.push(candidate);
    onCandidate(candidate, index);
    if (!best || psnr > best.psnr) best = { weights, seed, psnr };
  }
  if (!best) throw new Error('bestCandidate needs a seed');
  return { weights: best.weights, seed: best.seed, candidates };
}

/** Checks that draws can differ. @throws UserError if all candidates would be the same */
export function checkBestOf(count: number, config: TrainingConfig['weightGenerator'], steps: number): void {
  if (count === 1 || !drawsAreEqual(config, steps)) return;
  throw new UserError(
    'conflicting-settings',
    `best of ${count}: one denoising step with weightGenerator.gateInput gives the same weights for every seed, so ` +
      'there is nothing to choose from. Set weightGenerator.sampling.steps above 1 (dnw denoise --steps 8), ' +
      'or weightGenerator.sampling.bestOf to 1.',
  );
}

/**
 * Draws a concept's weights; with several draws, keeps the ones that translate a few of its training images best.
 * Held-out images are not used.
 * @param options.pairs loads the pairs of the concept; called only if there are several draws
 */
export async function denoiseBest(
  generator: WeightGenerator,
  base: BaseModel,
  config: TrainingConfig,
  { prompt }: LoadedConcept,
  options: {
    readonly count: number;
    readonly steps: number;
    readonly seed: number;
    readonly device: DeviceReport;
    readonly pairs?: PreparedPairs | undefined;
    readonly onCandidate?: (candidate: Candidate, index: number) => void;
  },
): Promise<BestOf> {
  const { count, steps, seed, device, pairs, onCandidate } = options;
  checkBestOf(count, config.weightGenerator, steps);
  if (count === 1) {
    const weights = await denoiseWeights(generator, config.weightGenerator, prompt, { steps, seed, device });
    return { weights, seed, images: 0, candidates: [] };
  }
  if (!pairs) throw new Error('denoiseBest: candidates are judged on training pairs');
  const images = heldOutImages(pairs.train, pairs.size, config.image.size, IMAGES);
  const sampler = await WeightSampler.create(generator, config.weightGenerator, device);
  try {
    const translator = await LoraTranslator.create(base, device, images.count);
    try {
      const best = await bestCandidate(
        drawSeeds(seed, count),
        (candidate) => sampler.draw(prompt, { steps, seed: candidate }),
        async ({ vector }) => (await translator.quality(vector, images)).psnr,
        onCandidate,
      );
      return { ...best, images: images.count };
    } finally {
      await translator.dispose();
    }
  } finally {
    await sampler.dispose();
  }
}
