import type { Image } from '../images.ts';
import { blurValues } from './gaussian.ts';
import { blend, clip, gray, luminance, mapPixels, pixelScale } from './pixels.ts';

/** Luminance divided by its blurred copy is white except for lines; this power makes them as dark as graphite. */
const PENCIL_PRESSURE = 2.5;

export function pencilSketch(
  image: Image,
  { radius, strength }: { radius: number; strength: number },
): Image {
  const { width, height } = image;
  const light = luminance(image);
  const surroundings = blurValues(light, width, height, 1, radius * pixelScale(image));
  // Color dodge: the blurred negative laid on the image. The offset keeps the noise of black areas from showing.
  const line = light.map(
    (value, i) => Math.min(1, (value + 0.02) / (surroundings[i]! + 0.02)) ** PENCIL_PRESSURE,
  );
  // Some of the original tone, as light hatching.
  return blend(
    image,
    mapPixels(image, (_color, _x, _y, index) =>
      gray(line[index]! * (0.85 + 0.15 * Math.sqrt(light[index]!))),
    ),
    strength,
  );
}

/**
 * Kuwahara filter (Kuwahara et al. 1976): each pixel gets the mean of the one of the four adjacent squares that varies
 * least, so areas become flat and edges stay sharp. The choice is soft (Papari et al. 2007), which avoids the block
 * artifacts of the original.
 */
export function oil(image: Image, { radius }: { radius: number }): Image {
  const { width, height } = image;
  const side = Math.max(1, Math.round(radius * pixelScale(image)));
  const light = luminance(image);
  const sums = summedAreas(width, height, 5, (index) => [
    image.data[index * 3]!,
    image.data[index * 3 + 1]!,
    image.data[index * 3 + 2]!,
    light[index]!,
    light[index]! ** 2,
  ]);
  const data = new Float32Array(image.data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const color = [0, 0, 0];
      let weights = 0;
      for (const [left, top] of [
        [x - side, y - side],
        [x, y - side],
        [x - side, y],
        [x, y],
      ] as const) {
        const means = areaMeans(sums, width, 5, {
          left: clip(left, 0, width - 1),
          top: clip(top, 0, height - 1),
          right: clip(left + side, 0, width - 1) + 1,
          bottom: clip(top + side, 0, height - 1) + 1,
        });
        const variance = Math.max(0, means[4]! - means[3]! ** 2);
        const weight = (variance + VARIANCE_FLOOR) ** -SELECTIVITY;
        for (let channel = 0; channel < 3; channel++) color[channel]! += weight * means[channel]!;
        weights += weight;
      }
      for (let channel = 0; channel < 3; channel++) {
        data[(y * width + x) * 3 + channel] = color[channel]! / weights;
      }
    }
  }
  return { width, height, data };
}

/** Squares that vary less than this (in squared luminance) count as equally flat. */
const VARIANCE_FLOOR = 5e-5;
/** How strongly the flattest square is preferred. */
const SELECTIVITY = 4;

/** Sums over all pixels above and left of a corner: (height + 1) x (width + 1) x channels. */
function summedAreas(
  width: number,
  height: number,
  channels: number,
  valuesAt: (index: number) => readonly number[],
): Float64Array {
  const stride = (width + 1) * channels;
  const sums = new Float64Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    const row = new Float64Array(channels);
    for (let x = 0; x < width; x++) {
      const values = valuesAt(y * width + x);
      const at = (y + 1) * stride + (x + 1) * channels;
      for (let channel = 0; channel < channels; channel++) {
        row[channel]! += values[channel]!;
        sums[at + channel] = sums[at - stride + channel]! + row[channel]!;
      }
    }
  }
  return sums;
}

interface Area {
  readonly left: number;
  readonly top: number;
  /** End of the range, exclusive. */
  readonly right: number;
  readonly bottom: number;
}

function areaMeans(
  sums: Float64Array,
  width: number,
  channels: number,
  { left, top, right, bottom }: Area,
): number[] {
  const corner = (x: number, y: number) => (y * (width + 1) + x) * channels;
  const [a, b, c, d] = [corner(left, top), corner(right, top), corner(left, bottom), corner(right, bottom)];
  const count = (right - left) * (bottom - top);
  return Array.from(
    { length: channels },
    (_, i) => (sums[d! + i]! - sums[b! + i]! - sums[c! + i]! + sums[a! + i]!) / count,
  );
}
