/**
 * Resizing as Pillow does it, which clean-fid takes for the reference (Parmar et al. 2022): separable, antialiased,
 * in floating point. libvips differs where it matters here: it enlarges with a shift of half a pixel.
 */
import { type Image, imageToBytes } from './images.ts';

interface Kernel {
  /** Half the width, in pixels of the coarser of the two grids. */
  readonly support: number;
  readonly weight: (distance: number) => number;
}

const KERNELS = {
  /** Keys 1981 with a = -1/2 (Catmull-Rom). */
  bicubic: {
    support: 2,
    weight: (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2),
  },
  bilinear: { support: 1, weight: (x) => 1 - x },
} as const satisfies Record<string, Kernel>;
export type Resampling = keyof typeof KERNELS;

/**
 * An image rounded to 8 bits, as its file would be, at another size, and not rounded or clipped again.
 * @returns height x width x 3 values from 0 to 255; bicubic sampling goes a little beyond at edges
 */
export function resampled(image: Image, width: number, height: number, resampling: Resampling): Float32Array {
  const levels = Float32Array.from(imageToBytes(image));
  const kernel = KERNELS[resampling];
  const { width: oldWidth, height: oldHeight } = image;
  // A row's pixels lie 3 values apart, a column's a row apart.
  const wide = resampledAlong(levels, oldHeight, oldWidth, width, 3, kernel);
  return resampledAlong(wide, 1, oldHeight, height, width * 3, kernel);
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
  const out = new Float32Array(outer * newLength * inner);
  for (let place = 0; place < newLength; place++) {
    const { first, weights } = tapsAt(place, length, newLength, kernel);
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

/** The pixels that a new one is the weighted mean of; beyond the border there are none. */
function tapsAt(
  place: number,
  length: number,
  newLength: number,
  { support, weight }: Kernel,
): { first: number; weights: number[] } {
  const scale = length / newLength;
  const spread = Math.max(scale, 1);
  const center = (place + 0.5) * scale;
  const first = Math.max(0, Math.floor(center - support * spread + 0.5));
  const end = Math.min(length, Math.floor(center + support * spread + 0.5));
  const raw = Array.from({ length: end - first }, (_, tap) => {
    const distance = Math.abs(first + tap + 0.5 - center) / spread;
    return distance < support ? weight(distance) : 0;
  });
  const sum = raw.reduce((a, b) => a + b, 0);
  return { first, weights: raw.map((value) => value / sum) };
}
