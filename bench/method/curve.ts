/** Quality on held-out images while something trains. */
import type { ImageQuality } from '../../src/pipeline/image-metrics.ts';

export interface CurvePoint extends ImageQuality {
  /** Training steps taken. */
  readonly steps: number;
  /** Patch Fréchet distance (fixed features, not FID). */
  readonly patchFd: number;
}

/** The first measured point that is at least as good, or undefined. */
export function firstAtLeast(points: readonly CurvePoint[], psnr: number): CurvePoint | undefined {
  return points.find((point) => point.psnr >= psnr);
}
