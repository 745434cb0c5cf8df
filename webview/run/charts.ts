import type { CurvePoints } from '../../src/protocol/webview.ts';
import type { Curve } from '../charts/curve-chart.tsx';

/** What is known of the quantities that the engine reports; any other is shown under its own name. */
const QUANTITIES: Record<string, { title: string; unit: string }> = {
  'loss/generator': { title: 'Generator loss', unit: 'Loss' },
  'loss/discriminator': { title: 'Discriminator loss', unit: 'Loss' },
  'loss/l1': { title: 'L1 loss, values in −1 to 1', unit: 'Mean absolute error' },
  loss: { title: 'Denoiser loss, standardised weights', unit: 'Mean squared error' },
  'quality/psnr': { title: 'PSNR, held-out images', unit: 'dB, higher is better' },
  'quality/ssim': { title: 'SSIM, held-out images', unit: 'Similarity, at most 1' },
  'quality/l1': { title: 'L1, held-out images, values in −1 to 1', unit: 'Mean absolute error' },
  'quality/patchFd': { title: 'Patch Fréchet distance, held-out images', unit: 'Lower is better' },
};

export interface Chart {
  key: string;
  title: string;
  unit: string;
  curves: Curve[];
}

/** Concepts that have curves, in the order in which the run came to them. */
export function conceptsOf(curves: readonly CurvePoints[]): string[] {
  return Array.from(new Set(curves.flatMap(({ concept }) => concept ?? [])));
}

/** One chart for each quantity: quality first, since it is what a run is for. */
export function chartsOf(
  curves: readonly CurvePoints[],
  concept: string | undefined,
  xAxis: 'steps' | 'seconds',
): Chart[] {
  const charts = new Map<string, Chart>();
  for (const points of curves) {
    if (points.concept !== undefined && concept !== undefined && points.concept !== concept) continue;
    let chart = charts.get(points.key);
    if (!chart) {
      const quantity = QUANTITIES[points.key] ?? { title: points.key, unit: 'Value' };
      chart = { key: points.key, ...quantity, curves: [] };
      charts.set(points.key, chart);
    }
    chart.curves.push({
      label: labelOf(points, concept === undefined) ?? chart.title,
      x: xAxis === 'steps' ? points.step : points.seconds,
      y: points.value,
    });
  }
  const rank = ({ key }: Chart) => (key.startsWith('quality/') ? 0 : 1);
  return Array.from(charts.values()).sort((a, b) => rank(a) - rank(b));
}

/** Where every concept is shown, a series is told with its concept. */
function labelOf({ concept, series }: CurvePoints, everyConcept: boolean): string | undefined {
  if (everyConcept && concept !== undefined && series !== undefined) return `${concept}, ${series}`;
  return series ?? concept;
}
