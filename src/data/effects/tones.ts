import type { Image } from '../image-values.ts';
import {
  blend,
  type Color,
  luminanceOf,
  mapPixels,
  type Pixel,
  parseHex,
  setGray,
  setMix,
} from './pixels.ts';

/** A matrix whose rows give red, green and blue of the result. */
type ColorMatrix = readonly [Color, Color, Color];

function transform([r, g, b]: ColorMatrix, color: Pixel): void {
  const red = color[0]!;
  const green = color[1]!;
  const blue = color[2]!;
  color[0] = r[0] * red + r[1] * green + r[2] * blue;
  color[1] = g[0] * red + g[1] * green + g[2] * blue;
  color[2] = b[0] * red + b[1] * green + b[2] * blue;
}

/** Hue rotation as in the W3C's Filter Effects Module, section 9.6 (feColorMatrix, hueRotate). */
function hueRotation(degrees: number): ColorMatrix {
  const cos = Math.cos((degrees * Math.PI) / 180);
  const sin = Math.sin((degrees * Math.PI) / 180);
  return [
    [0.213 + cos * 0.787 - sin * 0.213, 0.715 - cos * 0.715 - sin * 0.715, 0.072 - cos * 0.072 + sin * 0.928],
    [0.213 - cos * 0.213 + sin * 0.143, 0.715 + cos * 0.285 + sin * 0.14, 0.072 - cos * 0.072 - sin * 0.283],
    [0.213 - cos * 0.213 - sin * 0.787, 0.715 - cos * 0.715 + sin * 0.715, 0.072 + cos * 0.928 + sin * 0.072],
  ];
}

/** Changes hue, saturation, brightness and contrast, in this order. */
export function tone(
  image: Image,
  options: { hue: number; saturation: number; brightness: number; contrast: number },
): Image {
  const { saturation, brightness, contrast } = options;
  const rotation = hueRotation(options.hue);
  return mapPixels(image, (color) => {
    transform(rotation, color);
    const gray = luminanceOf(color);
    for (let channel = 0; channel < 3; channel++) {
      const saturated = gray + (color[channel]! - gray) * saturation;
      color[channel] = (saturated * brightness - 0.5) * contrast + 0.5;
    }
  });
}

/** The sepia matrix of the W3C's Filter Effects Module, section 11.3. */
const SEPIA: ColorMatrix = [
  [0.393, 0.769, 0.189],
  [0.349, 0.686, 0.168],
  [0.272, 0.534, 0.131],
];

export function sepia(image: Image, { strength }: { strength: number }): Image {
  return mapPixels(image, (color) => transform(SEPIA, color), strength);
}

export function grayscale(image: Image, { strength }: { strength: number }): Image {
  return mapPixels(image, (color) => setGray(color, luminanceOf(color)), strength);
}

export function negative(image: Image, { strength }: { strength: number }): Image {
  const data = new Float32Array(image.data.length);
  for (let i = 0; i < data.length; i++) data[i] = -image.data[i]!;
  return blend(image, { ...image, data }, strength);
}

export function duotone(image: Image, options: { dark: string; light: string; strength: number }): Image {
  const dark = parseHex(options.dark);
  const light = parseHex(options.light);
  return mapPixels(image, (color) => setMix(color, dark, light, luminanceOf(color)), options.strength);
}

export function posterize(image: Image, { levels }: { levels: number }): Image {
  return mapPixels(image, (color) => {
    for (let channel = 0; channel < 3; channel++) {
      color[channel] = Math.round(color[channel]! * (levels - 1)) / (levels - 1);
    }
  });
}

export function solarize(image: Image, { threshold }: { threshold: number }): Image {
  return mapPixels(image, (color) => {
    if (luminanceOf(color) <= threshold) return;
    for (let channel = 0; channel < 3; channel++) color[channel] = 1 - color[channel]!;
  });
}
