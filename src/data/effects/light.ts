import type { Image } from '../image-values.ts';
import { blurValues } from './gaussian.ts';
import {
  type Color,
  luminance,
  luminanceOf,
  mapPixels,
  type Pixel,
  perRow,
  pixelScale,
  setMix,
  smoothstep,
} from './pixels.ts';

export function vignette(image: Image, { strength }: { strength: number }): Image {
  const { width, height } = image;
  return mapPixels(image, (color, index) => {
    const x = ((index % width) + 0.5) / width - 0.5;
    const y = (Math.floor(index / width) + 0.5) / height - 0.5;
    // 0 in the center, 1 in the corners.
    const distance = Math.sqrt(x * x + y * y) / Math.SQRT1_2;
    darken(color, 1 - strength * smoothstep(0.35, 1, distance));
  });
}

const DUSK_SHADOW: Color = [0.1, 0.09, 0.26];
const DUSK_HIGHLIGHT: Color = [1, 0.62, 0.34];
const DUSK_SKY: Color = [0.36, 0.3, 0.56];

/** Split toning: shadows turn blue, bright areas turn orange near the horizon and violet high above it. */
export function dusk(image: Image, { strength }: { strength: number }): Image {
  const horizon = perRow(image, (y) => Math.exp(-(((y - 0.55) / 0.28) ** 2)));
  const toned: Pixel = new Float64Array(3);
  const glow: Pixel = new Float64Array(3);
  return mapPixels(
    image,
    (color, index) => {
      setMix(glow, DUSK_SKY, DUSK_HIGHLIGHT, horizon[Math.floor(index / image.width)]!);
      setMix(toned, DUSK_SHADOW, glow, smoothstep(0.05, 0.95, luminanceOf(color)));
      // Part of the original color remains, darkened.
      darken(color, 0.6);
      setMix(color, toned, color, 0.3);
    },
    strength,
  );
}

const MOONLIGHT: Color = [0.14, 0.2, 0.42];
/** The light of a lamp on its surroundings, by channel. */
const LAMPLIGHT: Color = [1, 0.75, 0.35];

/** Moonlight everywhere; only bright areas that are not blue, such as windows and lamps, keep shining. */
export function night(image: Image, { strength }: { strength: number }): Image {
  const { width, height, data } = image;
  const light = luminance(image);
  const lamp = new Float32Array(width * height);
  for (let i = 0; i < lamp.length; i++) {
    const redness = (data[i * 3]! + 1) / 2 - (data[i * 3 + 2]! + 1) / 2;
    lamp[i] = smoothstep(0.76, 0.9, light[i]!) * smoothstep(0.12, 0.35, redness);
  }
  const halo = blurValues(lamp, width, height, 1, 5 * pixelScale(image));
  return mapPixels(
    image,
    (color, index) => {
      // The power of 1.4: `**` takes several times as long.
      const moon = 0.12 + 1.15 * Math.exp(1.4 * Math.log(light[index]!));
      const shine = 0.6 * halo[index]!;
      for (let channel = 0; channel < 3; channel++) {
        const value = color[channel]!;
        const moonlit = MOONLIGHT[channel]! * moon;
        const dark = moonlit + (value * 0.16 - moonlit) * 0.3;
        color[channel] = dark + (value - dark) * lamp[index]! + shine * LAMPLIGHT[channel]!;
      }
    },
    strength,
  );
}

function darken(color: Pixel, factor: number): void {
  for (let channel = 0; channel < 3; channel++) color[channel]! *= factor;
}
