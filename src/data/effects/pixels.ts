import type { Image } from '../images.ts';

/** Red, green and blue in [0, 1], sRGB-encoded. */
export type Color = readonly [number, number, number];

/** Luminance of an sRGB-encoded color, in [0, 1] (the weights of the W3C's Filter Effects Module). */
export function luminanceOf([red, green, blue]: Color): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Luminance of every pixel, in [0, 1], row by row. */
export function luminance({ width, height, data }: Image): Float32Array {
  const plane = new Float32Array(width * height);
  for (let i = 0; i < plane.length; i++) plane[i] = luminanceOf(colorAt(data, i));
  return plane;
}

/**
 * Makes a new image by mapping each pixel's color; results are clipped to [0, 1].
 * @param map gets the color, the position of the pixel's center in (0, 1) from the left and the top, and its index
 */
export function mapPixels(
  { width, height, data }: Image,
  map: (color: Color, x: number, y: number, index: number) => Color,
): Image {
  const mapped = new Float32Array(data.length);
  for (let row = 0; row < height; row++) {
    const y = (row + 0.5) / height;
    for (let column = 0; column < width; column++) {
      const index = row * width + column;
      const color = map(colorAt(data, index), (column + 0.5) / width, y, index);
      for (let channel = 0; channel < 3; channel++) {
        mapped[index * 3 + channel] = clip(color[channel]!, 0, 1) * 2 - 1;
      }
    }
  }
  return { width, height, data: mapped };
}

/** Blends the edited image with the original: strength 0 gives the original, 1 the edited image. */
export function blend(original: Image, edited: Image, strength: number): Image {
  const data = original.data.map((value, i) => value + (edited.data[i]! - value) * strength);
  return { ...original, data };
}

/** Mixes two colors, from `a` (share 0) to `b` (share 1). */
export function mix(a: Color, b: Color, share: number): Color {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

export function scale(color: Color, factor: number): Color {
  return [color[0] * factor, color[1] * factor, color[2] * factor];
}

export function gray(value: number): Color {
  return [value, value, value];
}

/** Parses `#rrggbb`. */
export function parseHex(hex: string): Color {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

export function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** 0 below `from`, 1 above `to`, and smooth in between. */
export function smoothstep(from: number, to: number, value: number): number {
  const t = clip((value - from) / (to - from), 0, 1);
  return t * t * (3 - 2 * t);
}

/** Pixels of this image per pixel of an image of 256 pixels, for which concept files give lengths. */
export function pixelScale({ width }: Image): number {
  return width / 256;
}

function colorAt(data: Float32Array, index: number): Color {
  return [(data[index * 3]! + 1) / 2, (data[index * 3 + 1]! + 1) / 2, (data[index * 3 + 2]! + 1) / 2];
}
