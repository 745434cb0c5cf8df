import type { FeatureSet } from '../../../src/pipeline/metrics/frechet.ts';

/**
 * Features that other programs can make, too, with float32 numbers:
 * `scale * sin((row + 1) * (column + 2) * pitch) + column * tilt`.
 */
export function waves(
  rows: number,
  dims: number,
  { pitch, scale = 1, tilt = 0 }: { pitch: number; scale?: number; tilt?: number },
): FeatureSet {
  return {
    rows: Float32Array.from({ length: rows * dims }, (_, i) => {
      const [row, column] = [Math.floor(i / dims), i % dims];
      return scale * Math.sin((row + 1) * (column + 2) * pitch) + column * tilt;
    }),
    dims,
  };
}
