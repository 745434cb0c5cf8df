/** Quality on held-out images during training. */
import type { ImageQuality } from '../../src/pipeline/metrics/image-metrics.ts';
import { UserError } from '../../src/project/user-error.ts';

export interface CurvePoint extends ImageQuality {
  /** Number of training steps taken. */
  readonly steps: number;
  /** Patch Fréchet distance (fixed features, not FID). */
  readonly patchFd: number;
}

/** Waits for a training. One that diverged fails once its curve is complete; here that is a result like any other. */
export async function evenDiverged(
  training: Promise<unknown>,
  points: readonly CurvePoint[],
  steps: number,
): Promise<void> {
  try {
    await training;
  } catch (error) {
    if (!(error instanceof UserError) || points.at(-1)?.steps !== steps) throw error;
    console.error(error.message);
  }
}

/** The first measured point that is at least as good; undefined if there is none. */
export function firstAtLeast(points: readonly CurvePoint[], psnr: number): CurvePoint | undefined {
  return points.find((point) => point.psnr >= psnr);
}
