import { type HeldOutImages, qualityOf } from '../../src/pipeline/metrics/held-out.ts';
import { meanQuality } from '../../src/pipeline/metrics/image-metrics.ts';
import { patchFrechetDistance } from '../../src/pipeline/metrics/patch-features.ts';
import type { CurvePoint } from './curve.ts';

export function pointOf(steps: number, images: Float32Array, heldOut: HeldOutImages): CurvePoint {
  return {
    steps,
    ...meanQuality(qualityOf(images, heldOut)),
    patchFd: patchFrechetDistance(images, heldOut.target, heldOut.size),
  };
}
