import type { Image } from '../image-values.ts';
import binary from './assembly/sums.wasm';

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
  const columns = mirrored(width, radius);
  const { sums, plane, line, weights, starts, row } = spaceFor({
    plane: values.length,
    line: columns.length * channels,
    weights: kernel.length,
    starts: Math.max(kernel.length, height + 2 * radius),
    row: stride,
  });
  weights.set(kernel);

  // Along each row, continued on both sides.
  starts.set(kernel.map((_, k) => k * channels * FLOAT_BYTES));
  for (let start = 0; start < values.length; start += stride) {
    for (let i = 0, to = 0; i < columns.length; i++) {
      const from = start + columns[i]! * channels;
      for (let channel = 0; channel < channels; channel++) line[to++] = values[from + channel]!;
    }
    sums(weights.byteOffset, starts.byteOffset, kernel.length, line.byteOffset, row.byteOffset, stride);
    plane.set(row.subarray(0, stride), start);
  }
  // Of whole rows, one above the other.
  const result = new Float32Array(values.length);
  starts.set(mirrored(height, radius).map((y) => y * stride * FLOAT_BYTES));
  for (let y = 0; y < height; y++) {
    const first = starts.byteOffset + y * FLOAT_BYTES;
    sums(weights.byteOffset, first, kernel.length, plane.byteOffset, row.byteOffset, stride);
    result.set(row.subarray(0, stride), y * stride);
  }
  return result;
}

const FLOAT_BYTES = 4;
/** The sums are computed this many at a time, and read and written beyond the end of what is asked for. */
const AT_A_TIME = 16;
const PAGE_BYTES = 2 ** 16;

/** See assembly/sums.ts. */
type WeightedSums = (
  weights: number,
  starts: number,
  count: number,
  values: number,
  result: number,
  length: number,
) => void;

interface Lengths {
  readonly plane: number;
  readonly line: number;
  readonly weights: number;
  readonly starts: number;
  readonly row: number;
}

let module: WebAssembly.Module | undefined;
let space: { readonly bytes: number; readonly buffer: ArrayBuffer; readonly sums: WeightedSums } | undefined;

/** Arrays in the memory of the module, which is kept for the next image. */
function spaceFor(lengths: Lengths) {
  const floats = Object.values(lengths).reduce((sum, length) => sum + padded(length), 0);
  const { buffer, sums } = memoryOf(floats * FLOAT_BYTES);
  let used = 0;
  const next = (length: number) => {
    const at = used;
    used += padded(length) * FLOAT_BYTES;
    return at;
  };
  const floatsAt = (length: number) => new Float32Array(buffer, next(length), padded(length));
  return {
    sums,
    plane: floatsAt(lengths.plane),
    line: floatsAt(lengths.line),
    weights: floatsAt(lengths.weights),
    starts: new Int32Array(buffer, next(lengths.starts), padded(lengths.starts)),
    row: floatsAt(lengths.row),
  };
}

const padded = (length: number) => (Math.ceil(length / AT_A_TIME) + 1) * AT_A_TIME;

function memoryOf(bytes: number) {
  if (space === undefined || space.bytes < bytes) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
    module ??= new WebAssembly.Module(binary);
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    space = { bytes, buffer: memory.buffer, sums: exports.weightedSums as WeightedSums };
  }
  return space;
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
