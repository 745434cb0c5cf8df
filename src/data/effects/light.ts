import type { Image } from '../images.ts';
import { blurValues } from './gaussian.ts';
import {
  blend,
  type Color,
  luminance,
  luminanceOf,
  mapPixels,
  mix,
  pixelScale,
  scale,
  smoothstep,
} from './pixels.ts';

export function vignette(image: Image, { strength }: { strength: number }): Image {
  return mapPixels(image, (color, x, y) => {
    // 0 in the center, 1 in the corners.
    const distance = Math.hypot(x - 0.5, y - 0.5) / Math.SQRT1_2;
    return scale(color, 1 - strength * smoothstep(0.35, 1, distance));
  });
}

const DUSK_SHADOW: Color = [0.1, 0.09, 0.26];
const DUSK_HIGHLIGHT: Color = [1, 0.62, 0.34];
const DUSK_SKY: Color = [0.36, 0.3, 0.56];

/** Split toning: shadows turn blue, bright areas turn orange near the horizon and violet high above it. */
export function dusk(image: Image, { strength }: { strength: number }): Image {
  return blend(
    image,
    mapPixels(image, (color, _x, y) => {
      const light = luminanceOf(color);
      const horizon = Math.exp(-(((y - 0.55) / 0.28) ** 2));
      const glow = mix(DUSK_SKY, DUSK_HIGHLIGHT, horizon);
      const toned = mix(DUSK_SHADOW, glow, smoothstep(0.05, 0.95, light));
      // Part of the original color remains, darkened.
      return mix(toned, scale(color, 0.6), 0.3);
    }),
    strength,
  );
}

const MOONLIGHT: Color = [0.14, 0.2, 0.42];

/** Moonlight everywhere; only bright areas that are not blue, such as windows and lamps, keep shining. */
export function night(image: Image, { strength }: { strength: number }): Image {
  const { width, height } = image;
  const lamp = new Float32Array(width * height);
  const light = luminance(image);
  mapPixels(image, (color, _x, _y, index) => {
    const [red, , blue] = color;
    lamp[index] = smoothstep(0.76, 0.9, light[index]!) * smoothstep(0.12, 0.35, red - blue);
    return color;
  });
  const halo = blurValues(lamp, width, height, 1, 5 * pixelScale(image));
  const dark = mapPixels(image, (color, _x, _y, index) => {
    const moonlit = mix(scale(MOONLIGHT, 0.12 + 1.15 * light[index]! ** 1.4), scale(color, 0.16), 0.3);
    const lit = mix(moonlit, color, lamp[index]!);
    const shine = 0.6 * halo[index]!;
    return [lit[0] + shine, lit[1] + shine * 0.75, lit[2] + shine * 0.35];
  });
  return blend(image, dark, strength);
}
