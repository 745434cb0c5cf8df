import type { Image } from '../image-values.ts';
import { blurImage } from './gaussian.ts';
import { clip, pixelScale } from './pixels.ts';

/** Standard deviation of the unsharp mask, in pixels at 256 px; in small images, at least enough to change a pixel. */
const UNSHARP_SIGMA = 2;
const UNSHARP_MIN_SIGMA = 0.8;

export function blur(image: Image, { radius }: { radius: number }): Image {
  return blurImage(image, radius * pixelScale(image));
}

/** Sharpens an image: adds `amount` times its difference from a blurred copy. */
export function sharpen(image: Image, { amount }: { amount: number }): Image {
  const blurred = blurImage(image, Math.max(UNSHARP_MIN_SIGMA, UNSHARP_SIGMA * pixelScale(image)));
  const data = new Float32Array(image.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = image.data[i]!;
    data[i] = clip(value + amount * (value - blurred.data[i]!), -1, 1);
  }
  return { ...image, data };
}
