import type { Image } from '../image-values.ts';

/** Red, green and blue in [0, 1], sRGB-encoded. */
export type Color = readonly [number, number, number];

/** A color that is computed in place: an array for each pixel would take most of an effect's time. */
export type Pixel = Float64Array;

/** Luminance of an sRGB-encoded color, in [0, 1] (the weights of the W3C's Filter Effects Module). */
export function luminanceOf(color: Pixel): number {
  return 0.2126 * color[0]! + 0.7152 * color[1]! + 0.0722 * color[2]!;
}

/** Luminance of every pixel, in [0, 1], row by row. */
export function luminance({ width, height, data }: Image): Float32Array {
  const plane = new Float32Array(width * height);
  for (let i = 0, at = 0; i < plane.length; i++, at += 3) {
    plane[i] =
      0.2126 * ((data[at]! + 1) / 2) +
      0.7152 * ((data[at + 1]! + 1) / 2) +
      0.0722 * ((data[at + 2]! + 1) / 2);
  }
  return plane;
}

/**
 * Makes a new image by mapping each pixel's color; results are clipped to [0, 1].
 * @param map gets the color and the pixel's index (row by row), and changes the color. The array is used again for the next
 *   pixel
 * @param strength how much of the result is blended with the original: 0 gives the original, 1 the result
 */
export function mapPixels(
  { width, height, data }: Image,
  map: (color: Pixel, index: number) => void,
  strength = 1,
): Image {
  const mapped = new Float32Array(data.length);
  const color: Pixel = new Float64Array(3);
  for (let index = 0, at = 0; at < data.length; index++, at += 3) {
    const red = data[at]!;
    const green = data[at + 1]!;
    const blue = data[at + 2]!;
    color[0] = (red + 1) / 2;
    color[1] = (green + 1) / 2;
    color[2] = (blue + 1) / 2;
    map(color, index);
    mapped[at] = red + (stored(color[0]!) - red) * strength;
    mapped[at + 1] = green + (stored(color[1]!) - green) * strength;
    mapped[at + 2] = blue + (stored(color[2]!) - blue) * strength;
  }
  return { width, height, data: mapped };
}

/** A value in [0, 1] as images store it. */
function stored(value: number): number {
  return Math.fround(clip(value, 0, 1) * 2 - 1);
}

/** Blends the edited image with the original: strength 0 gives the original, 1 the edited image. */
export function blend(original: Image, edited: Image, strength: number): Image {
  const data = new Float32Array(original.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = original.data[i]!;
    data[i] = value + (edited.data[i]! - value) * strength;
  }
  return { ...original, data };
}

/** A value for each row from the position of the pixels' centers in (0, 1) from the top. */
export function perRow({ height }: Image, valueAt: (y: number) => number): Float64Array {
  return Float64Array.from({ length: height }, (_, row) => valueAt((row + 0.5) / height));
}

/** Changes a color to a mix of itself (share 0) and another one (share 1). */
export function mixWith(color: Pixel, other: ArrayLike<number>, share: number): void {
  color[0]! += (other[0]! - color[0]!) * share;
  color[1]! += (other[1]! - color[1]!) * share;
  color[2]! += (other[2]! - color[2]!) * share;
}

/** Changes a color to a mix of itself (share 0) and a gray (share 1). */
export function mixWithGray(color: Pixel, gray: number, share: number): void {
  color[0]! += (gray - color[0]!) * share;
  color[1]! += (gray - color[1]!) * share;
  color[2]! += (gray - color[2]!) * share;
}

export function setGray(color: Pixel, gray: number): void {
  color[0] = gray;
  color[1] = gray;
  color[2] = gray;
}

/** Changes a color to a mix of two others, from `a` (share 0) to `b` (share 1). */
export function setMix(color: Pixel, a: ArrayLike<number>, b: ArrayLike<number>, share: number): void {
  color[0] = a[0]! + (b[0]! - a[0]!) * share;
  color[1] = a[1]! + (b[1]! - a[1]!) * share;
  color[2] = a[2]! + (b[2]! - a[2]!) * share;
}

/** Parses `#rrggbb`. */
export function parseHex(hex: string): Color {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

export function clip(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
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
