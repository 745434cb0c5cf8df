import type { Executor } from '../../compute/types.ts';
import { centeredImages, type ImageSequence, inBatches } from '../../data/image-sequence.ts';
import type { PairSet } from '../../data/pair-batches.ts';
import { type ImageQuality, imageQuality, meanQuality } from './image-metrics.ts';
import { PatchSums, patchFrechetDistance } from './patch-features.ts';

/** Quality of a set of translations: means of the metrics per image, and a metric of the whole set. */
export interface SetQuality extends ImageQuality {
  /** Fréchet distance of patch features between all translations and all targets: 0 or more, lower is better. */
  patchFd: number;
}

/** Held-out pairs. Their images are read when they are needed, and none of them is kept. */
export interface HeldOutImages {
  readonly count: number;
  readonly size: number;
  readonly source: ImageSequence;
  readonly target: ImageSequence;
}

/** Some targets, and what a network makes of their sources: [n, size, size, 3] in [-1, 1] each. */
export interface TranslatedPairs {
  /** Index of the first of them. */
  readonly first: number;
  readonly translated: Float32Array;
  readonly target: Float32Array;
}

/** Those translations that are among the first `count` of all: [n, size, size, 3], perhaps none. */
export function firstOf({ first, translated }: TranslatedPairs, count: number, size: number): Float32Array {
  return translated.subarray(0, Math.max(0, count - first) * size ** 2 * 3);
}

/** Looks at translations as they are made. */
export type Look = (pairs: TranslatedPairs) => Promise<void> | void;

const LARGEST_BATCH = 8;

/** Batch size for translating this many images. */
export function measuringBatch(images: number): number {
  return Math.min(LARGEST_BATCH, images);
}

/** The first `limit` held-out pairs. */
export function heldOutImages(
  pairs: PairSet,
  storedSize: number,
  size: number,
  limit: number,
): HeldOutImages {
  const count = Math.min(limit, pairs.count);
  const of = (images: PairSet['source']) => centeredImages(images, storedSize, size, count);
  return { count, size, source: of(pairs.source), target: of(pairs.target) };
}

/** A network's inference step, and the batch size of its `source` input. */
export interface Inference {
  readonly executor: Executor;
  readonly batchSize: number;
}

/** Translates held-out images, a batch at a time. */
export async function* translateAll(
  inference: Inference,
  { size, source, target }: HeldOutImages,
): AsyncGenerator<TranslatedPairs> {
  for await (const { first, images } of inBatches(source, inference.batchSize)) {
    const translated = await translateBatch(inference, images, size);
    yield { first, translated, target: await target.read(first, images.length / (size * size * 3)) };
  }
}

/**
 * Translates at most a batch of images. A smaller one is padded with repeats, which are cut off again.
 * @param images [n, size, size, 3] in [-1, 1]
 * @returns the same shape
 */
export async function translateBatch(
  { executor, batchSize }: Inference,
  images: Float32Array,
  size: number,
): Promise<Float32Array> {
  const values = size * size * 3;
  const padded = new Float32Array(batchSize * values);
  padded.set(images);
  for (let at = images.length; at < padded.length; at += values) {
    padded.copyWithin(at, images.length - values, images.length);
  }
  const { image } = await executor.run({ source: padded });
  return image!.slice(0, images.length);
}

/** Quality of each translation against its target. */
export async function qualityOf(
  translations: AsyncIterable<TranslatedPairs>,
  size: number,
  look?: Look,
): Promise<ImageQuality[]> {
  const values = size * size * 3;
  const quality: ImageQuality[] = [];
  for await (const pairs of translations) {
    const { translated, target } = pairs;
    for (let at = 0; at < translated.length; at += values) {
      const end = at + values;
      quality.push(imageQuality(translated.subarray(at, end), target.subarray(at, end), size, size));
    }
    await look?.(pairs);
  }
  return quality;
}

/** Quality of translations of all held-out images against their targets. */
export async function setQualityOf(
  translations: AsyncIterable<TranslatedPairs>,
  size: number,
  look?: Look,
): Promise<SetQuality> {
  const [made, wanted] = [new PatchSums(size), new PatchSums(size)];
  const quality = await qualityOf(translations, size, async (pairs) => {
    made.add(pairs.translated);
    wanted.add(pairs.target);
    await look?.(pairs);
  });
  return { ...meanQuality(quality), patchFd: patchFrechetDistance(made, wanted) };
}
