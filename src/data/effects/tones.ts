import type { Image } from '../images.ts';
import { blend, type Color, gray, luminanceOf, mapPixels, mix, parseHex } from './pixels.ts';

/** A matrix whose rows give red, green and blue of the result. */
type ColorMatrix = readonly [Color, Color, Color];

function transform(matrix: ColorMatrix, [red, green, blue]: Color): Color {
  const [r, g, b] = matrix;
  return [
    r[0] * red + r[1] * green + r[2] * blue,
    g[0] * red + g[1] * green + g[2] * blue,
    b[0] * red + b[1] * green + b[2] * blue,
  ];
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
    const rotated = transform(rotation, color);
    const saturated = mix(gray(luminanceOf(rotated)), rotated, saturation);
    const adjust = (value: number) => (value * brightness - 0.5) * contrast + 0.5;
    return [adjust(saturated[0]), adjust(saturated[1]), adjust(saturated[2])];
  });
}

/** The sepia matrix of the W3C's Filter Effects Module, section 11.3. */
const SEPIA: ColorMatrix = [
  [0.393, 0.769, 0.189],
  [0.349, 0.686, 0.168],
  [0.272, 0.534, 0.131],
];

export function sepia(image: Image, { strength }: { strength: number }): Image {
  return blend(
    image,
    mapPixels(image, (color) => transform(SEPIA, color)),
    strength,
  );
}

export function grayscale(image: Image, { strength }: { strength: number }): Image {
  return blend(
    image,
    mapPixels(image, (color) => gray(luminanceOf(color))),
    strength,
  );
}

export function negative(image: Image, { strength }: { strength: number }): Image {
  return blend(image, { ...image, data: image.data.map((value) => -value) }, strength);
}

export function duotone(image: Image, options: { dark: string; light: string; strength: number }): Image {
  const dark = parseHex(options.dark);
  const light = parseHex(options.light);
  return blend(
    image,
    mapPixels(image, (color) => mix(dark, light, luminanceOf(color))),
    options.strength,
  );
}

export function posterize(image: Image, { levels }: { levels: number }): Image {
  const level = (value: number) => Math.round(value * (levels - 1)) / (levels - 1);
  return mapPixels(image, ([red, green, blue]) => [level(red), level(green), level(blue)]);
}

export function solarize(image: Image, { threshold }: { threshold: number }): Image {
  return mapPixels(image, (color) =>
    luminanceOf(color) > threshold ? [1 - color[0], 1 - color[1], 1 - color[2]] : color,
  );
}
