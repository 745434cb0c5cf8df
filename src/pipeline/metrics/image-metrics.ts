/**
 * Quality of translated images against their targets. Images are flat RGB in [-1, 1], height x width x 3,
 * so the peak-to-peak range is 2.
 */
export interface ImageQuality {
  /** Peak signal-to-noise ratio in decibels; higher is better, Infinity for equal images. */
  psnr: number;
  /** Structural similarity in [-1, 1]; 1 for equal images. */
  ssim: number;
  /** Mean absolute error in [0, 2]. */
  l1: number;
}

const PEAK = 2;

/** PSNR of equal images in decibels, for files that cannot hold Infinity. Two different 8-bit images never reach it. */
export const HIGHEST_PSNR = 100;

export function l1(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}

export function psnr(a: Float32Array, b: Float32Array): number {
  const errors = new SquaredErrors();
  errors.add(a, b);
  return errors.psnr();
}

/** Squared differences of images that come some at a time. */
export class SquaredErrors {
  #sum = 0;
  #count = 0;

  add(a: Float32Array, b: Float32Array): void {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
    this.#sum += sum;
    this.#count += a.length;
  }

  /** PSNR over all values together, in decibels; Infinity for equal images. */
  psnr(): number {
    return 10 * Math.log10((PEAK * PEAK) / (this.#sum / this.#count));
  }
}

/**
 * Rec. 601 luma from 0 (black) to PEAK (white), as in Wang et al.'s reference implementation: the luminance term
 * compares means by their ratio, which is only meaningful on a scale that starts at black.
 */
function luma(image: Float32Array): Float64Array {
  const out = new Float64Array(image.length / 3);
  for (let i = 0; i < out.length; i++) {
    out[i] = 1 + 0.299 * image[3 * i]! + 0.587 * image[3 * i + 1]! + 0.114 * image[3 * i + 2]!;
  }
  return out;
}

/** Window of Wang et al. 2004: 11 taps, sigma 1.5, normalized. */
const WINDOW = (() => {
  const taps = Float64Array.from({ length: 11 }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * 1.5 ** 2)));
  const sum = taps.reduce((a, b) => a + b, 0);
  return taps.map((tap) => tap / sum);
})();

/** Separable convolution with WINDOW, without padding: (width - 10) x (height - 10) values. */
function windowed(values: Float64Array, width: number, height: number): Float64Array {
  const innerWidth = width - WINDOW.length + 1;
  const innerHeight = height - WINDOW.length + 1;
  const rows = new Float64Array(innerWidth * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < innerWidth; x++) {
      let sum = 0;
      for (let k = 0; k < WINDOW.length; k++) sum += WINDOW[k]! * values[y * width + x + k]!;
      rows[y * innerWidth + x] = sum;
    }
  }
  const out = new Float64Array(innerWidth * innerHeight);
  for (let y = 0; y < innerHeight; y++) {
    for (let x = 0; x < innerWidth; x++) {
      let sum = 0;
      for (let k = 0; k < WINDOW.length; k++) sum += WINDOW[k]! * rows[(y + k) * innerWidth + x]!;
      out[y * innerWidth + x] = sum;
    }
  }
  return out;
}

/**
 * Structural similarity of the luma (Wang et al. 2004: 11x11 Gaussian window, K1 0.01, K2 0.03, no
 * downsampling), averaged over all window positions. Both sides must be at least 11 pixels.
 */
export function ssim(a: Float32Array, b: Float32Array, width: number, height: number): number {
  const x = luma(a);
  const y = luma(b);
  const product = (p: Float64Array, q: Float64Array) => p.map((value, i) => value * q[i]!);
  const meanX = windowed(x, width, height);
  const meanY = windowed(y, width, height);
  const meanXX = windowed(product(x, x), width, height);
  const meanYY = windowed(product(y, y), width, height);
  const meanXY = windowed(product(x, y), width, height);
  const c1 = (0.01 * PEAK) ** 2;
  const c2 = (0.03 * PEAK) ** 2;
  let sum = 0;
  for (let i = 0; i < meanX.length; i++) {
    const mx = meanX[i]!;
    const my = meanY[i]!;
    const varianceX = meanXX[i]! - mx * mx;
    const varianceY = meanYY[i]! - my * my;
    const covariance = meanXY[i]! - mx * my;
    sum +=
      ((2 * mx * my + c1) * (2 * covariance + c2)) /
      ((mx * mx + my * my + c1) * (varianceX + varianceY + c2));
  }
  return sum / meanX.length;
}

export function imageQuality(a: Float32Array, b: Float32Array, width: number, height: number): ImageQuality {
  return { psnr: psnr(a, b), ssim: ssim(a, b, width, height), l1: l1(a, b) };
}

/** Mean of each metric over the images. */
export function meanQuality(images: readonly ImageQuality[]): ImageQuality {
  const mean = (of: (quality: ImageQuality) => number) =>
    images.reduce((sum, image) => sum + of(image), 0) / images.length;
  return { psnr: mean((q) => q.psnr), ssim: mean((q) => q.ssim), l1: mean((q) => q.l1) };
}
