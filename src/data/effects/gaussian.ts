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
  const radius = (kernel.length - 1) / 2;
  const stride = width * channels;
  const rows = new Float32Array(values.length);
  const result = new Float32Array(values.length);

  // Along each row, continued on both sides.
  const columns = mirrored(width, radius);
  const line = new Float32Array(columns.length * channels);
  const neighbors = Int32Array.from(kernel, (_, k) => k * channels);
  for (let start = 0; start < values.length; start += stride) {
    for (let i = 0, to = 0; i < columns.length; i++) {
      const from = start + columns[i]! * channels;
      for (let channel = 0; channel < channels; channel++) line[to++] = values[from + channel]!;
    }
    weightedSums(kernel, line, neighbors, 0, rows, start, stride);
  }
  // Of whole rows, one above the other.
  const starts = mirrored(height, radius).map((row) => row * stride);
  for (let y = 0; y < height; y++) weightedSums(kernel, rows, starts, y, result, y * stride, stride);
  return result;
}

/**
 * Writes `length` weighted sums of runs of values: weight k belongs to the run that begins at `starts[first + k]`. Four sums
 * at a time keep the processor busy while one addition waits for another.
 */
function weightedSums(
  weights: Float64Array,
  values: Float32Array,
  starts: Int32Array,
  first: number,
  result: Float32Array,
  at: number,
  length: number,
): void {
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let k = 0; k < weights.length; k++) {
      const weight = weights[k]!;
      const from = starts[first + k]! + i;
      a += weight * values[from]!;
      b += weight * values[from + 1]!;
      c += weight * values[from + 2]!;
      d += weight * values[from + 3]!;
    }
    result[at + i] = a;
    result[at + i + 1] = b;
    result[at + i + 2] = c;
    result[at + i + 3] = d;
  }
  for (; i < length; i++) {
    let sum = 0;
    for (let k = 0; k < weights.length; k++) sum += weights[k]! * values[starts[first + k]! + i]!;
    result[at + i] = sum;
  }
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

/** The positions of a line from `-radius`, which is continued by mirroring it at both ends. */
function mirrored(length: number, radius: number): Int32Array {
  return Int32Array.from({ length: length + 2 * radius }, (_, i) => mirror(i - radius, length));
}

/** The position in [0, length) that `position` falls on when the line is mirrored at both ends. */
function mirror(position: number, length: number): number {
  const period = 2 * length;
  const wrapped = ((position % period) + period) % period;
  return wrapped < length ? wrapped : period - 1 - wrapped;
}
