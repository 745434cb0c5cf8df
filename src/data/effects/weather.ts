import type { Image } from '../image-values.ts';
import { blurImage, blurValues } from './gaussian.ts';
import {
  blend,
  type Color,
  clip,
  luminance,
  luminanceOf,
  mapPixels,
  mixWith,
  mixWithGray,
  perRow,
  pixelScale,
  smoothstep,
} from './pixels.ts';

const SNOW_SKY: Color = [0.82, 0.86, 0.91];
/** The color of snow in full light. */
const SNOW_WHITE: Color = [0.96, 0.985, 1];

/**
 * Covers plants and ground (colors in which blue is weakest) and upward-facing edges (bright above, dark below) with snow.
 * The rest turns pale and cold.
 */
export function snow(image: Image, { strength }: { strength: number }): Image {
  const { width, height } = image;
  const factor = pixelScale(image);
  const light = blurValues(luminance(image), width, height, 1, 1.2 * factor);
  const reach = Math.max(1, Math.round(3 * factor));
  const ledge = new Float32Array(light.length);
  for (let y = 0; y < height; y++) {
    const above = clip(y - reach, 0, height - 1) * width;
    const below = clip(y + reach, 0, height - 1) * width;
    for (let x = 0; x < width; x++) {
      ledge[y * width + x] = smoothstep(0.08, 0.3, light[above + x]! - light[below + x]!);
    }
  }
  return mapPixels(
    image,
    (color, index) => {
      const value = luminanceOf(color);
      const ground = smoothstep(0, 0.16, Math.max(color[0]! * 0.9, color[1]!) - color[2]!);
      const cover = clip(ground + ledge[index]!, 0, 1);
      const white = 0.72 + 0.28 * value;
      mixWithGray(color, value, 0.6);
      mixWith(color, SNOW_SKY, 0.3);
      for (let channel = 0; channel < 3; channel++) {
        color[channel]! += (white * SNOW_WHITE[channel]! - color[channel]!) * cover;
      }
    },
    // At half strength, most of the area is already covered.
    1 - (1 - strength) ** 2,
  );
}

const HAZE: Color = [0.83, 0.85, 0.87];

/** Haze whose density grows from the foreground (bottom) to the distance (top), and softens what it hides. */
export function fog(image: Image, { strength }: { strength: number }): Image {
  const soft = blurImage(image, 2.5 * pixelScale(image));
  const softened = blend(image, soft, Math.min(1, strength));
  const density = perRow(image, (y) => strength * (0.45 + 0.55 * (1 - smoothstep(0.15, 1, y))));
  return mapPixels(softened, (color, index) => {
    const here = density[Math.floor(index / image.width)]!;
    mixWithGray(color, luminanceOf(color), 0.4 * here);
    mixWith(color, HAZE, here);
  });
}
