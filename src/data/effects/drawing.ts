import type { Image } from '../image-values.ts';
import { blurValues } from './gaussian.ts';
import { luminance, mapPixels, pixelScale, setGray } from './pixels.ts';

export function pencilSketch(
  image: Image,
  { radius, strength }: { radius: number; strength: number },
): Image {
  const { width, height } = image;
  const light = luminance(image);
  const surroundings = blurValues(light, width, height, 1, radius * pixelScale(image));
  return mapPixels(
    image,
    (color, index) => {
      // Color dodge: the blurred negative laid on the image. The offset keeps the noise of black areas from showing.
      const dodged = Math.min(1, (light[index]! + 0.02) / (surroundings[index]! + 0.02));
      // The power of 2.5 makes lines as dark as graphite.
      const line = dodged * dodged * Math.sqrt(dodged);
      // Some of the original tone, as light hatching.
      setGray(color, line * (0.85 + 0.15 * Math.sqrt(light[index]!)));
    },
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
  const sums = summedAreas(image);
  const stride = (width + 1) * SUMMED;
  const data = new Float32Array(image.data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let weights = 0;
      for (let square = 0; square < 4; square++) {
        const left = square & 1 ? x : x - side;
        const top = square & 2 ? y : y - side;
        const from = { x: Math.max(left, 0), y: Math.max(top, 0) };
        const to = { x: Math.min(left + side, width - 1) + 1, y: Math.min(top + side, height - 1) + 1 };
        const a = from.y * stride + from.x * SUMMED;
        const b = from.y * stride + to.x * SUMMED;
        const c = to.y * stride + from.x * SUMMED;
        const d = to.y * stride + to.x * SUMMED;
        const count = (to.x - from.x) * (to.y - from.y);
        const light = (sums[d + 3]! - sums[b + 3]! - sums[c + 3]! + sums[a + 3]!) / count;
        const squared = (sums[d + 4]! - sums[b + 4]! - sums[c + 4]! + sums[a + 4]!) / count;
        const flatness = 1 / (Math.max(0, squared - light * light) + VARIANCE_FLOOR);
        // The fourth power: how strongly the flattest square is preferred.
        const weight = flatness * flatness * flatness * flatness;
        const share = weight / count;
        red += share * (sums[d]! - sums[b]! - sums[c]! + sums[a]!);
        green += share * (sums[d + 1]! - sums[b + 1]! - sums[c + 1]! + sums[a + 1]!);
        blue += share * (sums[d + 2]! - sums[b + 2]! - sums[c + 2]! + sums[a + 2]!);
        weights += weight;
      }
      const at = (y * width + x) * 3;
      data[at] = red / weights;
      data[at + 1] = green / weights;
      data[at + 2] = blue / weights;
    }
  }
  return { width, height, data };
}

/** Squares that vary less than this (in squared luminance) count as equally flat. */
const VARIANCE_FLOOR = 5e-5;
/** What is summed: the three channels, the luminance and its square. */
const SUMMED = 5;

/** Sums over all pixels above and left of a corner: (height + 1) x (width + 1) x SUMMED. */
function summedAreas(image: Image): Float64Array {
  const { width, height, data } = image;
  const light = luminance(image);
  const stride = (width + 1) * SUMMED;
  const sums = new Float64Array(stride * (height + 1));
  const row = new Float64Array(SUMMED);
  for (let y = 0; y < height; y++) {
    row.fill(0);
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const at = (y + 1) * stride + (x + 1) * SUMMED;
      for (let channel = 0; channel < 3; channel++) row[channel]! += data[pixel * 3 + channel]!;
      row[3]! += light[pixel]!;
      row[4]! += light[pixel]! * light[pixel]!;
      for (let channel = 0; channel < SUMMED; channel++) {
        sums[at + channel] = sums[at - stride + channel]! + row[channel]!;
      }
    }
  }
  return sums;
}
