import type { ImageSequence } from '../../../src/data/image-sequence.ts';

/** @param images [n, size, size, 3] */
export function imagesInMemory(images: Float32Array, size: number): ImageSequence {
  const values = size * size * 3;
  return {
    count: images.length / values,
    size,
    read: async (first, count) => images.slice(first * values, (first + count) * values),
  };
}
