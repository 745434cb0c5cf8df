/** Red, green and blue of a picture, 0 to 255, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: readonly number[];
}

function meanSquaredError(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length;
}

/** Peak signal-to-noise ratio of 8-bit pictures, in decibels. */
export function psnr(a: Pixels, b: Pixels): number {
  return 10 * Math.log10(255 ** 2 / meanSquaredError(a.rgb, b.rgb));
}

/** Mean over all pixels and channels of how far two pictures are apart, 0 to 255. */
export function meanDistance(a: Pixels, b: Pixels): number {
  return a.rgb.reduce((sum, value, i) => sum + Math.abs(value - b.rgb[i]!), 0) / a.rgb.length;
}

/** The pixels in the middles of the cells that a picture is cut into: those of a small picture that was enlarged by interpolation. */
export function sampled(picture: Pixels, { width, height }: Pixels): Pixels {
  const rgb: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const row = Math.floor(((y + 0.5) * picture.height) / height);
      const at = 3 * (row * picture.width + Math.floor(((x + 0.5) * picture.width) / width));
      rgb.push(...picture.rgb.slice(at, at + 3));
    }
  }
  return { width, height, rgb };
}

/** Weights of the window of Wang et al. 2004, by row and column: 11 x 11, Gaussian with sigma 1.5. */
const WINDOW_SIDE = 11;
const WINDOW = Array.from({ length: WINDOW_SIDE ** 2 }, (_, i) => {
  const [x, y] = [(i % WINDOW_SIDE) - 5, Math.floor(i / WINDOW_SIDE) - 5];
  return Math.exp(-(x ** 2 + y ** 2) / (2 * 1.5 ** 2));
});
const WINDOW_SUM = WINDOW.reduce((sum, weight) => sum + weight, 0);

/** Structural similarity of the luma, straight from its definition: every window by itself. */
export function ssim(a: Pixels, b: Pixels): number {
  const { width, height } = a;
  const luma = ({ rgb }: Pixels, x: number, y: number) => {
    const at = 3 * (y * width + x);
    return 0.299 * rgb[at]! + 0.587 * rgb[at + 1]! + 0.114 * rgb[at + 2]!;
  };
  const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
  const windows: number[] = [];
  for (let top = 0; top + WINDOW_SIDE <= height; top++) {
    for (let left = 0; left + WINDOW_SIDE <= width; left++) {
      const mean = (of: (x: number, y: number) => number) =>
        WINDOW.reduce((sum, weight, i) => {
          const [x, y] = [left + (i % WINDOW_SIDE), top + Math.floor(i / WINDOW_SIDE)];
          return sum + weight * of(x, y);
        }, 0) / WINDOW_SUM;
      const meanA = mean((x, y) => luma(a, x, y));
      const meanB = mean((x, y) => luma(b, x, y));
      const varianceA = mean((x, y) => (luma(a, x, y) - meanA) ** 2);
      const varianceB = mean((x, y) => (luma(b, x, y) - meanB) ** 2);
      const covariance = mean((x, y) => (luma(a, x, y) - meanA) * (luma(b, x, y) - meanB));
      windows.push(
        ((2 * meanA * meanB + c1) * (2 * covariance + c2)) /
          ((meanA ** 2 + meanB ** 2 + c1) * (varianceA + varianceB + c2)),
      );
    }
  }
  return windows.reduce((sum, value) => sum + value, 0) / windows.length;
}
