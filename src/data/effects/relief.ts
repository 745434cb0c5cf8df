import type { Image } from '../images.ts';
import { blurValues } from './gaussian.ts';
import { blend, clip, gray, luminance, mapPixels, pixelScale } from './pixels.ts';

/** Gains that make ordinary contours clear, since photographs rarely have a full step from black to white. */
const EDGE_GAIN = 3;
const EMBOSS_GAIN = 2;

/** Bright where luminance changes: the magnitude of its Sobel gradient. A step of a third of the range is already white. */
export function edges(image: Image, { strength }: { strength: number }): Image {
  const magnitude = gradientOf(image, (dx, dy) => Math.hypot(dx, dy));
  return blend(
    image,
    mapPixels(image, (_color, _x, _y, index) => gray(EDGE_GAIN * magnitude[index]!)),
    strength,
  );
}

/** Treats luminance as the height of a landscape, lit from the upper left; level ground is mid-gray. */
export function emboss(image: Image, { strength }: { strength: number }): Image {
  const facing = gradientOf(image, (dx, dy) => (dx + dy) / Math.SQRT2);
  return blend(
    image,
    mapPixels(image, (_color, _x, _y, index) => gray(0.5 + EMBOSS_GAIN * facing[index]!)),
    strength,
  );
}

/**
 * Combines the horizontal and vertical Sobel derivatives of each pixel's luminance, which is slightly smoothed so that an
 * image and its enlargement have the same contours.
 */
function gradientOf(image: Image, combine: (dx: number, dy: number) => number): Float32Array {
  const { width, height } = image;
  const smooth = blurValues(luminance(image), width, height, 1, pixelScale(image));
  const at = (x: number, y: number) => smooth[clip(y, 0, height - 1) * width + clip(x, 0, width - 1)]!;
  // Sobel's weights sum to 4 on each side.
  return smooth.map((_, index) => {
    const x = index % width;
    const y = Math.floor(index / width);
    const column = (cx: number) => at(cx, y - 1) + 2 * at(cx, y) + at(cx, y + 1);
    const row = (cy: number) => at(x - 1, cy) + 2 * at(x, cy) + at(x + 1, cy);
    return combine((column(x + 1) - column(x - 1)) / 4, (row(y + 1) - row(y - 1)) / 4);
  });
}
