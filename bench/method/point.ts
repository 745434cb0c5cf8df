import { setQualityOf, type TranslatedPairs } from '../../src/pipeline/metrics/held-out.ts';
import type { CurvePoint } from './curve.ts';

/** @param size side of the images in pixels */
export async function pointOf(
  steps: number,
  translations: AsyncIterable<TranslatedPairs>,
  size: number,
): Promise<CurvePoint> {
  return { steps, ...(await setQualityOf(translations, size)) };
}
