/**
 * Handcrafted features of small patches, for a Fréchet distance that needs no network: the colors, contrasts and
 * edges of patches, independent of content and position. It is NOT the FID, and its values are only comparable with
 * each other at the same image size.
 */
import { type FeatureSet, type Gaussian, GaussianSums, gaussianFrechetDistance } from './frechet.ts';

/** Spacing of the grid of patches, in pixels. */
const CELL = 4;
/** Most rows and columns of the grid that are used, evenly spaced. */
const MAX_CELLS = 16;
/** Side of the patch in pixels of each scale (of which each halves the resolution): 4, 8 and 12 image pixels. */
const WINDOWS = [4, 4, 3] as const;
const MIN_SIZE = CELL * 2 ** (WINDOWS.length - 1);

/**
 * Features of a patch at one scale, and the factor of each. A Fréchet distance weights features by their spread; the
 * factors bring the spreads over photographs to around 1, so that color does not dominate detail.
 */
const WEIGHTS = {
  /** Means of luma, of red against green, and of yellow against blue. */
  luma: 3,
  opponent: 5,
  /** Standard deviations of the same. */
  lumaContrast: 8,
  opponentContrast: 16,
  /** Mean absolute derivative of the luma along 0, 45, 90 and 135 degrees. */
  edge: 16,
  /** Mean absolute Laplacian of the luma. */
  fine: 20,
} as const;
const FEATURES = 11;

/** One scale of an image: luma and two color opponents, each [side, side]. */
interface Scale {
  readonly side: number;
  readonly planes: readonly [Float32Array, Float32Array, Float32Array];
}

/**
 * 33 features at each grid position of every image: at three scales the mean and standard deviation of the luma and
 * of two color opponents, the mean absolute derivative of the luma in four directions, and its mean absolute
 * Laplacian.
 * @param images flat [n, size, size, 3] in [-1, 1]
 * @param size side in pixels: a multiple of 4, at least 16
 * @returns flat [n x positions, dims], the positions of each image row by row; (size / 4)^2 positions, at most 256
 * @throws RangeError if the size is invalid, or the values are not a whole number of images
 */
export function patchFeatures(images: Float32Array, size: number): FeatureSet {
  const values = size * size * 3;
  if (size < MIN_SIZE || size % CELL !== 0) {
    throw new RangeError(
      `Patches need images whose side is a multiple of ${CELL} pixels, at least ${MIN_SIZE}, not ${size}`,
    );
  }
  if (images.length % values !== 0) {
    throw new RangeError(`${images.length} values are not a whole number of images of ${size} x ${size} x 3`);
  }
  const count = images.length / values;
  const grid = gridCells(size);
  const dims = FEATURES * WINDOWS.length;
  const rows = new Float32Array(count * grid.length ** 2 * dims);
  let at = 0;
  for (let image = 0; image < count; image++) {
    const scales = pyramid(images.subarray(image * values, (image + 1) * values), size);
    for (const y of grid) {
      for (const x of grid) {
        scales.forEach((scale, level) => {
          const window = WINDOWS[level]!;
          describePatch(
            scale,
            windowStart(x, level, scale.side),
            windowStart(y, level, scale.side),
            window,
            rows,
            at,
          );
          at += FEATURES;
        });
      }
    }
  }
  return { rows, dims };
}

/** Mean and covariance of the patches of any number of images. */
export class PatchSums {
  readonly #sums = new GaussianSums(FEATURES * WINDOWS.length);

  /** @param size side in pixels, as for `patchFeatures` */
  constructor(private readonly size: number) {}

  /** Arguments and errors as in `patchFeatures`. */
  add(images: Float32Array): void {
    this.#sums.add(patchFeatures(images, this.size).rows);
  }

  gaussian(): Gaussian {
    return this.#sums.gaussian();
  }
}

/**
 * Fréchet distance between the patches of translated images and those of their targets: 0 for equal sets, and larger
 * the more the overall colors, contrasts, edges or sharpness differ, even if pixels cannot be compared.
 * @throws RangeError if a set has no image
 */
export function patchFrechetDistance(images: PatchSums, targets: PatchSums): number {
  return gaussianFrechetDistance(images.gaussian(), targets.gaussian());
}

/** Rows or columns of the grid that are used. */
function gridCells(size: number): number[] {
  const cells = size / CELL;
  const step = Math.ceil(cells / MAX_CELLS);
  const count = Math.floor((cells - 1) / step) + 1;
  const first = Math.floor((cells - 1 - step * (count - 1)) / 2);
  return Array.from({ length: count }, (_, i) => first + i * step);
}

/** First row or column of the window around a cell's center at a scale; at the border it is moved inside. */
function windowStart(cell: number, level: number, side: number): number {
  const window = WINDOWS[level]!;
  const center = ((cell + 0.5) * CELL) / 2 ** level;
  return Math.min(Math.max(center - window / 2, 0), side - window);
}

function pyramid(image: Float32Array, size: number): Scale[] {
  const pixels = size * size;
  const planes = [new Float32Array(pixels), new Float32Array(pixels), new Float32Array(pixels)] as const;
  for (let i = 0; i < pixels; i++) {
    const [red, green, blue] = [image[3 * i]!, image[3 * i + 1]!, image[3 * i + 2]!];
    planes[0][i] = 0.299 * red + 0.587 * green + 0.114 * blue;
    planes[1][i] = (red - green) / 2;
    planes[2][i] = (red + green) / 4 - blue / 2;
  }
  const scales: Scale[] = [{ side: size, planes }];
  while (scales.length < WINDOWS.length) scales.push(halved(scales.at(-1)!));
  return scales;
}

function halved({ side, planes }: Scale): Scale {
  const half = side / 2;
  const shrink = (plane: Float32Array) => {
    const out = new Float32Array(half * half);
    for (let y = 0; y < half; y++) {
      for (let x = 0; x < half; x++) {
        const i = 2 * y * side + 2 * x;
        out[y * half + x] = (plane[i]! + plane[i + 1]! + plane[i + side]! + plane[i + side + 1]!) / 4;
      }
    }
    return out;
  };
  return { side: half, planes: [shrink(planes[0]), shrink(planes[1]), shrink(planes[2])] };
}

/** Writes the features of the window at (left, top). The image is padded by repeating its border pixels. */
function describePatch(
  { side, planes: [luma, redGreen, yellowBlue] }: Scale,
  left: number,
  top: number,
  window: number,
  out: Float32Array,
  at: number,
): void {
  let [sum0, sum1, sum2, square0, square1, square2] = [0, 0, 0, 0, 0, 0];
  let [across, down, rising, falling, fine] = [0, 0, 0, 0, 0];
  for (let y = top; y < top + window; y++) {
    const row = y * side;
    const above = y > 0 ? row - side : row;
    const below = y < side - 1 ? row + side : row;
    for (let x = left; x < left + window; x++) {
      const before = x > 0 ? x - 1 : x;
      const after = x < side - 1 ? x + 1 : x;
      const [value0, value1, value2] = [luma[row + x]!, redGreen[row + x]!, yellowBlue[row + x]!];
      sum0 += value0;
      sum1 += value1;
      sum2 += value2;
      square0 += value0 * value0;
      square1 += value1 * value1;
      square2 += value2 * value2;
      const [west, east, north, south] = [
        luma[row + before]!,
        luma[row + after]!,
        luma[above + x]!,
        luma[below + x]!,
      ];
      across += Math.abs(east - west);
      down += Math.abs(south - north);
      rising += Math.abs(luma[above + after]! - luma[below + before]!);
      falling += Math.abs(luma[below + after]! - luma[above + before]!);
      fine += Math.abs(value0 - (west + east + north + south) / 4);
    }
  }
  const share = 1 / (window * window);
  const deviation = (sum: number, square: number) =>
    Math.sqrt(Math.max(0, share * square - (share * sum) ** 2));
  // The neighbors on both sides are two pixels apart, diagonally twice the square root of two.
  const [straight, diagonal] = [share / 2, share / (2 * Math.SQRT2)];
  out[at] = WEIGHTS.luma * share * sum0;
  out[at + 1] = WEIGHTS.opponent * share * sum1;
  out[at + 2] = WEIGHTS.opponent * share * sum2;
  out[at + 3] = WEIGHTS.lumaContrast * deviation(sum0, square0);
  out[at + 4] = WEIGHTS.opponentContrast * deviation(sum1, square1);
  out[at + 5] = WEIGHTS.opponentContrast * deviation(sum2, square2);
  out[at + 6] = WEIGHTS.edge * straight * across;
  out[at + 7] = WEIGHTS.edge * diagonal * rising;
  out[at + 8] = WEIGHTS.edge * straight * down;
  out[at + 9] = WEIGHTS.edge * diagonal * falling;
  out[at + 10] = WEIGHTS.fine * share * fine;
}
