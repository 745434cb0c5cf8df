/** Sizes at which pictures are prepared and shown to a network. */
import type { TrainingConfig } from '../schema/training-schema.ts';

type ImageSettings = Pick<TrainingConfig['image'], 'size' | 'jitter' | 'crop'>;

/** Side in pixels of the squares that pictures are prepared as. Training takes random crops of `image.size` of them. */
export function loadSize({ size, jitter, crop }: ImageSettings): number {
  return crop.from > 0 ? crop.from : size + jitter;
}

/**
 * Shorter side in pixels that a whole picture has at the scale of the training images: pictures are translated at this size
 * unless another one is asked for.
 */
export function trainedScale({ size, crop }: ImageSettings): number {
  return crop.from > 0 ? crop.from : size;
}
