import { levelOf } from './image-values.ts';
import type { StoredImages } from './stored-images.ts';

/** Square images of one size that are read some at a time, so that there may be any number of them. */
export interface ImageSequence {
  readonly count: number;
  /** Side in pixels. */
  readonly size: number;
  /**
   * @param first index of the first image, from 0
   * @returns [count, size, size, 3] in [-1, 1]
   * @throws UserError if they cannot be read any more
   */
  read(first: number, count: number): Promise<Float32Array>;
}

/**
 * The first images of a stored set, cropped to the center.
 * @param storedSize side of the stored images in pixels
 * @param size side of the crops
 * @param count number of images, at most those of the set
 */
export function centeredImages(
  images: StoredImages,
  storedSize: number,
  size: number,
  count: number,
): ImageSequence {
  const margin = Math.floor((storedSize - size) / 2);
  const read = async (first: number, count: number) => {
    const out = new Float32Array(count * size * size * 3);
    let write = 0;
    for (let index = first; index < first + count; index++) {
      const rows = await images.read(index, { from: margin, count: size });
      for (let y = 0; y < size; y++) {
        let read = (y * storedSize + margin) * 3;
        for (let i = 0; i < size * 3; i++) out[write++] = levelOf[rows[read++]!]!;
      }
    }
    return out;
  };
  return { count, size, read };
}

/** Whole images, a few at a time. @yields [n, size, size, 3], and the index of the first of them */
export async function* inBatches(
  images: ImageSequence,
  batchSize: number,
): AsyncGenerator<{ readonly first: number; readonly images: Float32Array }> {
  for (let first = 0; first < images.count; first += batchSize)
    yield { first, images: await images.read(first, Math.min(batchSize, images.count - first)) };
}
