import type { Image } from '../image-values.ts';
import { blurImage } from './gaussian.ts';
import { mapPixels, pixelScale, smoothstep } from './pixels.ts';

export function pixelate(image: Image, { cell }: { cell: number }): Image {
  const { width, height } = image;
  const side = Math.max(1, cell * pixelScale(image));
  const columns = Math.ceil(width / side);
  const cellOf = (x: number, y: number) => Math.floor(y / side) * columns + Math.floor(x / side);
  const sums = new Float64Array(columns * Math.ceil(height / side) * 4);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = cellOf(x, y) * 4;
      for (let channel = 0; channel < 3; channel++) sums[cell + channel]! += image.data[at++]!;
      sums[cell + 3]!++;
    }
  }
  const data = new Float32Array(image.data.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = cellOf(x, y) * 4;
      for (let channel = 0; channel < 3; channel++) data[at++] = sums[cell + channel]! / sums[cell + 3]!;
    }
  }
  return { width, height, data };
}

/**
 * Prints cyan, magenta and yellow dots on white paper, on one grid rotated by 45 degrees. The darker a channel is, the more
 * of its cell a dot covers.
 */
export function halftone(image: Image, { cell }: { cell: number }): Image {
  const spacing = Math.max(2, cell * pixelScale(image));
  const { width, height } = image;
  // Round dots need a color that hardly changes within one of them.
  const smooth = blurImage(image, spacing / 4);
  const turn = (2 * Math.PI) / (spacing * Math.SQRT2);
  const waveAlong = (length: number) =>
    Float64Array.from({ length }, (_, place) => Math.cos((place + 0.5) * turn));
  const [columns, rows] = [waveAlong(width), waveAlong(height)];
  // The edge of a dot is about a pixel wide, whatever the spacing.
  const softness = Math.min(0.35, 1.2 / spacing);
  return mapPixels(smooth, (color, index) => {
    // The classic round spot function: 1 at the center of a dot, 0 halfway between four of them. With the sum and the
    // difference of the two angles, it is (2 + cos(a + b) + cos(a - b)) / 4.
    const spot = (1 + columns[index % width]! * rows[Math.floor(index / width)]!) / 2;
    for (let channel = 0; channel < 3; channel++) {
      const light = color[channel]!;
      color[channel] = 1 - smoothstep(light - softness, light + softness, spot + 1e-6);
    }
  });
}
