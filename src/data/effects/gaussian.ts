import type { Image } from '../images.ts';

/** Gaussian blur of all channels. @param sigma in pixels of this image */
export function blurImage(image: Image, sigma: number): Image {
  return { ...image, data: blurValues(image.data, image.width, image.height, 3, sigma) };
}

/**
 * Gaussian blur of height x width x channels values, mirrored at the edges, so that the mean is kept.
 * @param sigma in pixels, above 0
 */
export function blurValues(
  values: Float32Array,
  width: number,
  height: number,
  channels: number,
  sigma: number,
): Float32Array {
  const kernel = gaussianKernel(sigma);
  const rows = convolveLines(values, kernel, {
    lines: height,
    length: width,
    channels,
    lineStep: width * channels,
    step: channels,
  });
  return convolveLines(rows, kernel, {
    lines: width,
    length: height,
    channels,
    lineStep: channels,
    step: width * channels,
  });
}

/** Weights from -radius to radius, three standard deviations in each direction, with sum 1. */
function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

interface Lines {
  readonly lines: number;
  readonly length: number;
  readonly channels: number;
  /** Distance in the array from one line to the next, and from one position of a line to the next. */
  readonly lineStep: number;
  readonly step: number;
}

function convolveLines(
  values: Float32Array,
  kernel: Float64Array,
  { lines, length, channels, lineStep, step }: Lines,
): Float32Array {
  const radius = (kernel.length - 1) / 2;
  const result = new Float32Array(values.length);
  // Positions of the line with its mirrored continuation on both sides.
  const mirrored = Int32Array.from(
    { length: length + 2 * radius },
    (_, i) => mirror(i - radius, length) * step,
  );
  for (let line = 0; line < lines; line++) {
    for (let channel = 0; channel < channels; channel++) {
      const start = line * lineStep + channel;
      for (let position = 0; position < length; position++) {
        let sum = 0;
        for (let k = 0; k < kernel.length; k++) sum += kernel[k]! * values[start + mirrored[position + k]!]!;
        result[start + position * step] = sum;
      }
    }
  }
  return result;
}

/** The position in [0, length) that `position` falls on when the line is mirrored at both ends. */
function mirror(position: number, length: number): number {
  const period = 2 * length;
  const wrapped = ((position % period) + period) % period;
  return wrapped < length ? wrapped : period - 1 - wrapped;
}
