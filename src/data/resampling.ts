/**
 * Resizing like Pillow, which clean-fid uses as the reference (Parmar et al. 2022): separable, antialiased, in floating
 * point. libvips differs in an important point: it enlarges with a shift of half a pixel.
 */
import { type Image, type ImageArea, type ImageSize, imageToBytes } from './image-values.ts';

interface Kernel {
  /** Half the width of the filter, in pixels of the coarser of the two grids. */
  readonly support: number;
  readonly weight: (distance: number) => number;
}

const KERNELS = {
  /** Cubic convolution (Keys 1981) with a = -1/2 (Catmull-Rom). */
  bicubic: {
    support: 2,
    weight: (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2),
  },
  bilinear: { support: 1, weight: (x) => 1 - x },
  /** A sinc in the window of a wider one: what libvips reduces pictures with. */
  lanczos3: { support: 3, weight: (x) => sinc(x) * sinc(x / 3) },
} as const satisfies Record<string, Kernel>;
export type Resampling = keyof typeof KERNELS;

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** An image whose rows are asked for one by one, from top to bottom. */
export interface ImageInRows extends ImageSize {
  /** The width x 3 values of a row. They are used before the next row is asked for. */
  row(row: number): Float32Array;
}

/**
 * Rounds an image to 8 bits, as in a file, and resizes it without rounding or clipping the result.
 * @returns height x width x 3 values from 0 to 255; bicubic sampling slightly exceeds this range at edges
 */
export function resampled(image: Image, width: number, height: number, resampling: Resampling): Float32Array {
  const levels = Float32Array.from(imageToBytes(image));
  const kernel = KERNELS[resampling];
  const { width: oldWidth, height: oldHeight } = image;
  // Neighbors in a row are 3 values apart, neighbors in a column one row.
  const wide = resampledAlong(levels, oldHeight, oldWidth, width, 3, kernel);
  return resampledAlong(wide, 1, oldHeight, height, width * 3, kernel);
}

/**
 * Resizes an image row by row, in any order but fastest from top to bottom: memory holds the few rows of the image that a row
 * is made from, already as wide as the result.
 * @returns a function from a row's number to its width x 3 values, on the image's scale, without rounding or clipping. The
 *   array is used again for the next row.
 */
export function resizedRows(
  image: Image,
  width: number,
  height: number,
  resampling: Resampling,
): (row: number) => Float32Array {
  const row = (row: number) => image.data.subarray(row * image.width * 3, (row + 1) * image.width * 3);
  return resizedFrom({ ...image, row }, width, height, resampling);
}

/**
 * The same for an image that need not be in memory.
 * @param scale pixels of the image for one of the result, horizontally and vertically
 */
export function resizedFrom(
  image: ImageInRows,
  width: number,
  height: number,
  resampling: Resampling,
  scale = { x: image.width / width, y: image.height / height },
): (row: number) => Float32Array {
  const kernel = KERNELS[resampling];
  const columns = allTaps(image.width, width, kernel, scale.x);
  const wide = new Map<number, Float32Array>();
  const wideRow = (row: number): Float32Array => {
    const known = wide.get(row);
    if (known) return known;
    const made = resampledWith(columns, image.row(row), 1, image.width, 3);
    wide.set(row, made);
    return made;
  };
  const result = new Float32Array(width * 3);
  return (row) => {
    const { first, weights } = tapsAt(row, image.height, scale.y, kernel);
    const from = weights.map((_, tap) => wideRow(first + tap));
    for (const known of wide.keys()) if (known < first) wide.delete(known);
    weightedSum(from, weights, result);
    return result;
  };
}

/** Writes the weighted sum of rows of the same length into another one. */
function weightedSum(rows: readonly Float32Array[], weights: readonly number[], result: Float32Array): void {
  const { length } = result;
  // Four at a time, in one pass: enlarged rows are made from four.
  for (let tap = 0; tap < weights.length; tap += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((next) => rows[tap + next] ?? rows[tap]!) as FourRows;
    const [wa, wb, wc, wd] = [0, 1, 2, 3].map((next) => weights[tap + next] ?? 0) as FourWeights;
    if (tap === 0) {
      for (let i = 0; i < length; i++)
        result[i] = Math.fround(wa * a[i]! + wb * b[i]!) + (wc * c[i]! + wd * d[i]!);
    } else {
      for (let i = 0; i < length; i++)
        result[i] = Math.fround(result[i]! + (wa * a[i]! + wb * b[i]!)) + (wc * c[i]! + wd * d[i]!);
    }
  }
}

type FourRows = [Float32Array, Float32Array, Float32Array, Float32Array];
type FourWeights = [number, number, number, number];

/** Averages leave at least this many times the pixels of the result to Lanczos. libvips calls it the gap. */
const GAP = 2;

/**
 * Reduces an image as libvips does (vips_reduce): averages whole pixels first, where many become one, then takes Lanczos. The
 * results differ by rounding.
 * @returns as `resizedRows`
 */
export function reducedRows(
  image: ImageInRows,
  width: number,
  height: number,
): (row: number) => Float32Array {
  const [wide, high] = [image.width / width, image.height / height];
  const [across, down] = [wide, high].map((scale) => Math.max(1, Math.floor(scale / GAP))) as [
    number,
    number,
  ];
  const averages = averaged(image, across, down);
  return resizedFrom(averages, width, height, 'lanczos3', { x: wide / across, y: high / down });
}

/** Averages of `across` x `down` pixels. Beyond the right and lower edges, the image's last pixels are repeated. */
function averaged(image: ImageInRows, across: number, down: number): ImageInRows {
  if (across === 1 && down === 1) return image;
  const [width, height] = [Math.ceil(image.width / across), Math.ceil(image.height / down)];
  const result = new Float32Array(width * 3);
  return {
    width,
    height,
    row: (row) => {
      result.fill(0);
      for (let y = 0; y < down; y++) {
        const values = image.row(Math.min(row * down + y, image.height - 1));
        for (let x = 0; x < width * across; x++) {
          const from = Math.min(x, image.width - 1) * 3;
          const to = Math.floor(x / across) * 3;
          for (let c = 0; c < 3; c++) result[to + c]! += values[from + c]!;
        }
      }
      for (let i = 0; i < result.length; i++) result[i]! /= across * down;
      return result;
    },
  };
}

/**
 * Resizes a part of an image, as if the whole image was resized and the part cut out.
 * @param area the part, in pixels of the image and fractions of them
 * @returns height x width x 3 values on the image's scale, without rounding or clipping
 */
export function resizedArea(
  image: Image,
  area: ImageArea,
  width: number,
  height: number,
  resampling: Resampling,
): Float32Array {
  const kernel = KERNELS[resampling];
  const along = (start: number, extent: number, length: number, count: number) =>
    Array.from({ length: count }, (_, place) => {
      const scale = extent / count;
      return tapsAround(start + (place + 0.5) * scale, scale, length, kernel);
    });
  const columns = along(area.left, area.width, image.width, width);
  const rows = along(area.top, area.height, image.height, height);
  const wide = resampledWith(columns, image.data, image.height, image.width, 3);
  return resampledWith(rows, wide, 1, image.height, width * 3);
}

/** Resizes the middle axis of [outer, length, inner]. */
function resampledAlong(
  values: Float32Array,
  outer: number,
  length: number,
  newLength: number,
  inner: number,
  kernel: Kernel,
): Float32Array {
  if (newLength === length) return values;
  return resampledWith(allTaps(length, newLength, kernel), values, outer, length, inner);
}

interface Taps {
  /** The first of the pixels that a new one is made from. */
  readonly first: number;
  readonly weights: readonly number[];
}

const allTaps = (length: number, newLength: number, kernel: Kernel, scale = length / newLength): Taps[] =>
  Array.from({ length: newLength }, (_, place) => tapsAt(place, length, scale, kernel));

/** Resizes the middle axis of [outer, length, inner] by the taps of its new places. */
function resampledWith(
  taps: readonly Taps[],
  values: Float32Array,
  outer: number,
  length: number,
  inner: number,
): Float32Array {
  const newLength = taps.length;
  const out = new Float32Array(outer * newLength * inner);
  for (let place = 0; place < newLength; place++) {
    const { first, weights } = taps[place]!;
    for (let o = 0; o < outer; o++) {
      const to = (o * newLength + place) * inner;
      const from = (o * length + first) * inner;
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++) sum += weights[tap]! * values[from + tap * inner + i]!;
        out[to + i] = sum;
      }
    }
  }
  return out;
}

/** The pixels whose weighted mean is a new pixel; there are none beyond the border. */
function tapsAt(place: number, length: number, scale: number, kernel: Kernel): Taps {
  return tapsAround((place + 0.5) * scale, scale, length, kernel);
}

/** @param scale pixels of the image for each new one */
function tapsAround(center: number, scale: number, length: number, { support, weight }: Kernel): Taps {
  const spread = Math.max(scale, 1);
  const first = Math.max(0, Math.floor(center - support * spread + 0.5));
  const end = Math.min(length, Math.floor(center + support * spread + 0.5));
  const raw = Array.from({ length: end - first }, (_, tap) => {
    const distance = Math.abs(first + tap + 0.5 - center) / spread;
    return distance < support ? weight(distance) : 0;
  });
  const sum = raw.reduce((a, b) => a + b, 0);
  return { first, weights: raw.map((value) => value / sum) };
}
