import type { Image } from '../images.ts';
import { blurImage, blurValues } from './gaussian.ts';
import {
  blend,
  type Color,
  clip,
  gray,
  luminance,
  luminanceOf,
  mapPixels,
  mix,
  pixelScale,
  smoothstep,
} from './pixels.ts';

const SNOW_SKY: Color = [0.82, 0.86, 0.91];

/**
 * Covers plants and ground (colors in which blue is weakest) and upward-facing edges (bright above, dark below) with snow.
 * The rest turns pale and cold.
 */
export function snow(image: Image, { strength }: { strength: number }): Image {
  const { width, height } = image;
  const factor = pixelScale(image);
  const light = blurValues(luminance(image), width, height, 1, 1.2 * factor);
  const reach = Math.max(1, Math.round(3 * factor));
  const ledge = light.map((_, index) => {
    const x = index % width;
    const y = Math.floor(index / width);
    const above = light[clip(y - reach, 0, height - 1) * width + x]!;
    const below = light[clip(y + reach, 0, height - 1) * width + x]!;
    return smoothstep(0.08, 0.3, above - below);
  });
  const snowed = mapPixels(image, (color, _x, _y, index) => {
    const [red, green, blue] = color;
    const value = luminanceOf(color);
    const ground = smoothstep(0, 0.16, Math.max(red * 0.9, green) - blue);
    const cover = clip(ground + ledge[index]!, 0, 1);
    const cold = mix(mix(color, gray(value), 0.6), SNOW_SKY, 0.3);
    const white = 0.72 + 0.28 * value;
    return mix(cold, [white * 0.96, white * 0.985, white], cover);
  });
  // At half strength, most of the area is already covered.
  return blend(image, snowed, 1 - (1 - strength) ** 2);
}

const HAZE: Color = [0.83, 0.85, 0.87];

/** Haze whose density grows from the foreground (bottom) to the distance (top), and softens what it hides. */
export function fog(image: Image, { strength }: { strength: number }): Image {
  const soft = blurImage(image, 2.5 * pixelScale(image));
  const softened = blend(image, soft, Math.min(1, strength));
  return mapPixels(softened, (color, _x, y) => {
    const density = strength * (0.45 + 0.55 * (1 - smoothstep(0.15, 1, y)));
    const value = luminanceOf(color);
    return mix(mix(color, gray(value), 0.4 * density), HAZE, density);
  });
}
