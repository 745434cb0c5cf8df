import type { Executor } from '../../compute/types.ts';
import { centeredImages, type PairSet } from '../../data/pair-batches.ts';
import { type ImageQuality, imageQuality, meanQuality } from './image-metrics.ts';
import { patchFrechetDistance } from './patch-features.ts';

/** Quality of a set of translations: means of the metrics per image, and a metric of the whole set. */
export interface SetQuality extends ImageQuality {
  /** Fréchet distance of patch features between all translations and all targets: 0 or more, lower is better. */
  patchFd: number;
}

/** Held-out pairs as float images. */
export interface HeldOutImages {
  readonly count: number;
  readonly size: number;
  /** [count, size, size, 3] in [-1, 1]. */
  readonly source: Float32Array;
  readonly target: Float32Array;
}

const LARGEST_BATCH = 8;

/** Batch size for translating this many images. */
export function measuringBatch(images: number): number {
  return Math.min(LARGEST_BATCH, images);
}

/** The first `limit` held-out pairs. */
export async function heldOutImages(
  pairs: PairSet,
  storedSize: number,
  size: number,
  limit: number,
): Promise<HeldOutImages> {
  const count = Math.min(limit, pairs.count);
  return {
    count,
    size,
    source: await centeredImages(pairs.source, storedSize, size, count),
    target: await centeredImages(pairs.target, storedSize, size, count),
  };
}

/**
 * Translates images with an inference step of fixed batch size; the last batch is padded with repeats.
 * @param images [count, size, size, 3] in [-1, 1]
 * @param batchSize batch size of the executor's `source` input
 * @returns [count, size, size, 3] in [-1, 1]
 */
export async function translateAll(
  executor: Executor,
  images: Float32Array,
  size: number,
  batchSize: number,
): Promise<Float32Array> {
  const values = size * size * 3;
  const count = images.length / values;
  const out = new Float32Array(images.length);
  for (let first = 0; first < count; first += batchSize) {
    const rows = Math.min(batchSize, count - first);
    const source = new Float32Array(batchSize * values);
    for (let row = 0; row < batchSize; row++) {
      const image = first + Math.min(row, rows - 1);
      source.set(images.subarray(image * values, (image + 1) * values), row * values);
    }
    const { image } = await executor.run({ source });
    out.set(image!.subarray(0, rows * values), first * values);
  }
  return out;
}

/** Quality of each image of a batch against its target. */
export function qualityOf(images: Float32Array, heldOut: HeldOutImages): ImageQuality[] {
  const { count, size, target } = heldOut;
  const values = size * size * 3;
  return Array.from({ length: count }, (_, i) =>
    imageQuality(
      images.subarray(i * values, (i + 1) * values),
      target.subarray(i * values, (i + 1) * values),
      size,
      size,
    ),
  );
}

/** Quality of translations of all held-out images against their targets. */
export function setQualityOf(images: Float32Array, heldOut: HeldOutImages): SetQuality {
  const { size, target } = heldOut;
  return {
    ...meanQuality(qualityOf(images, heldOut)),
    patchFd: patchFrechetDistance(images, target, size),
  };
}
