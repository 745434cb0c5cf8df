import type { Image } from '../image-values.ts';
import { blurValues } from './gaussian.ts';
import { clip, luminance, mapPixels, pixelScale, setGray } from './pixels.ts';

/** Gains that make ordinary contours clear, since photographs rarely have a full step from black to white. */
const EDGE_GAIN = 3;
const EMBOSS_GAIN = 2;

/** Bright where luminance changes: the magnitude of its Sobel gradient. A step of a third of the range is already white. */
export function edges(image: Image, { strength }: { strength: number }): Image {
  const { dx, dy } = gradientOf(image);
  return mapPixels(
    image,
    (color, index) => {
      const magnitude = Math.sqrt(dx[index]! * dx[index]! + dy[index]! * dy[index]!);
      setGray(color, EDGE_GAIN * magnitude);
    },
    strength,
  );
}

/** Treats luminance as the height of a landscape, lit from the upper left; level ground is mid-gray. */
export function emboss(image: Image, { strength }: { strength: number }): Image {
  const { dx, dy } = gradientOf(image);
  return mapPixels(
    image,
    (color, index) => {
      const facing = (dx[index]! + dy[index]!) / Math.SQRT2;
      setGray(color, 0.5 + EMBOSS_GAIN * facing);
    },
    strength,
  );
}

/**
 * The horizontal and vertical Sobel derivatives of each pixel's luminance, which is slightly smoothed so that an image and
 * its enlargement have the same contours.
 */
function gradientOf(image: Image): { dx: Float64Array; dy: Float64Array } {
  const { width, height } = image;
  const smooth = blurValues(luminance(image), width, height, 1, pixelScale(image));
  const dx = new Float64Array(smooth.length);
  const dy = new Float64Array(smooth.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const above = clip(y - 1, 0, height - 1) * width;
    const below = clip(y + 1, 0, height - 1) * width;
    for (let x = 0; x < width; x++) {
      const left = clip(x - 1, 0, width - 1);
      const right = clip(x + 1, 0, width - 1);
      // The neighbors on a diagonal, which both derivatives use.
      const a = smooth[above + left]!;
      const b = smooth[above + right]!;
      const c = smooth[below + left]!;
      const d = smooth[below + right]!;
      // Sobel's weights sum to 4 on each side.
      dx[row + x] = (b + 2 * smooth[row + right]! + d - (a + 2 * smooth[row + left]! + c)) / 4;
      dy[row + x] = (c + 2 * smooth[below + x]! + d - (a + 2 * smooth[above + x]! + b)) / 4;
    }
  }
  return { dx, dy };
}
