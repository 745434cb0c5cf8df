import * as l10n from '@vscode/l10n';
import type { CurvePoints } from '../../src/protocol/webview/run.ts';
import type { Curve } from '../charts/curve-chart.tsx';
import { styleAt } from '../charts/curve-style.ts';

/** Titles and units of the quantities that the engine reports; any other is shown under its own name. */
function quantities(): Record<string, { title: string; unit: string }> {
  return {
    'loss/generator': { title: l10n.t('Generator loss'), unit: l10n.t('Loss') },
    'loss/discriminator': { title: l10n.t('Discriminator loss'), unit: l10n.t('Loss') },
    'loss/l1': { title: l10n.t('L1 loss, values in −1 to 1'), unit: l10n.t('Mean absolute error') },
    loss: { title: l10n.t('Denoiser loss, standardized weights'), unit: l10n.t('Mean squared error') },
    'quality/psnr': { title: l10n.t('PSNR, held-out images'), unit: l10n.t('dB, higher is better') },
    'quality/ssim': { title: l10n.t('SSIM, held-out images'), unit: l10n.t('Similarity, at most 1') },
    'quality/l1': {
      title: l10n.t('L1, held-out images, values in −1 to 1'),
      unit: l10n.t('Mean absolute error'),
    },
    'quality/patchFd': {
      title: l10n.t('Patch Fréchet distance, held-out images'),
      unit: l10n.t('Lower is better'),
    },
  };
}

export interface Chart {
  key: string;
  title: string;
  unit: string;
  curves: Curve[];
}

/** A run with its label in charts of several runs. */
export interface ComparedRun {
  label: string;
  curves: readonly CurvePoints[];
}

/** Concepts that have curves, in the order in which the run reached them. */
export function conceptsOf(curves: readonly CurvePoints[]): string[] {
  return Array.from(new Set(curves.flatMap(({ concept }) => concept ?? [])));
}

/** Stands for all concepts; no file, and so no concept, has this name. */
export const EVERY = '*';

/** The concept to show of a run: the wanted one if the run has it, else the current one; undefined shows all. */
function shownConcept(concepts: readonly string[], wanted: string | undefined): string | undefined {
  if (wanted === EVERY) return undefined;
  return wanted !== undefined && concepts.includes(wanted) ? wanted : concepts.at(-1);
}

/**
 * One chart for each quantity, quality first, since it is the purpose of a run. Curves of one run differ in color;
 * those of several runs have their run's color and a dash for their kind within it.
 * @param runs the view's own run first
 * @param wanted a concept's name or EVERY; undefined: the current concept of each run
 */
export function chartsOf(
  runs: readonly ComparedRun[],
  wanted: string | undefined,
  xAxis: 'steps' | 'seconds',
): Chart[] {
  const charts = new Map<string, Chart & { kinds: Map<string, number> }>();
  const several = runs.length > 1;
  const known = quantities();
  for (const [place, run] of runs.entries()) {
    const concepts = conceptsOf(run.curves);
    const concept = shownConcept(concepts, wanted);
    for (const points of run.curves) {
      if (points.concept !== undefined && concept !== undefined && points.concept !== concept) continue;
      let chart = charts.get(points.key);
      if (!chart) {
        const quantity = known[points.key] ?? { title: points.key, unit: l10n.t('Value') };
        chart = { key: points.key, ...quantity, curves: [], kinds: new Map() };
        charts.set(points.key, chart);
      }
      const kind = kindOf(points, concept === undefined, !several || concepts.length > 1);
      const dash = chart.kinds.get(kind ?? '') ?? chart.kinds.size;
      chart.kinds.set(kind ?? '', dash);
      chart.curves.push({
        label: several ? [run.label, kind].filter(Boolean).join(', ') : (kind ?? chart.title),
        x: xAxis === 'steps' ? points.step : points.seconds,
        y: points.value,
        style: several ? { color: place, dash } : styleAt(chart.curves.length),
        ...(several && { compared: { run: run.label, kind: kind ?? '' } }),
      });
    }
  }
  const rank = ({ key }: Chart) => (key.startsWith('quality/') ? 0 : 1);
  return Array.from(charts.values(), ({ kinds, ...chart }) => chart).sort((a, b) => rank(a) - rank(b));
}

/**
 * The name of a curve within its run: its series, else its concept if that is to be shown; both if every concept is
 * shown.
 */
function kindOf({ concept, series }: CurvePoints, everyConcept: boolean, told: boolean): string | undefined {
  if (everyConcept && concept !== undefined && series !== undefined) return `${concept}, ${series}`;
  return series ?? (everyConcept || told ? concept : undefined);
}
