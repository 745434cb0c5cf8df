import * as Plot from '@observablehq/plot';
import * as l10n from '@vscode/l10n';
import type { HistogramPair } from '../../src/protocol/statistics.ts';
import type { DrawPlot } from '../charts/plot-figure.tsx';
import { formatNumber } from '../components/format.ts';
import type { Theme } from '../components/theme.ts';
import { centralBars } from './central-bars.ts';

/** A histogram without the outermost weights, drawn as in `densityOptions`. */
export function histogramOptions(whole: HistogramPair, color: string, theme: Theme): ReturnType<DrawPlot> {
  return densityOptions(centralBars(whole), color, theme);
}

/**
 * Plot options: the zoo's density as a filled area, the weights' own as a stepped line, on the same axes.
 * @param highest end of the density axis; by default the highest of these densities
 */
export function densityOptions(
  histogram: HistogramPair,
  color: string,
  theme: Theme,
  highest?: number,
): ReturnType<DrawPlot> {
  const bars = histogram.zoo.map((zoo, i) => ({
    from: histogram.edges[i]!,
    to: histogram.edges[i + 1]!,
    zoo,
    weights: histogram.weights[i]!,
  }));
  const first = histogram.edges[0]!;
  const last = histogram.edges.at(-1)!;
  // Outline of the bars: both ends of every top, starting and ending at zero.
  const outline = [
    { x: first, y: 0 },
    ...bars.flatMap(({ from, to, weights }) => [
      { x: from, y: weights },
      { x: to, y: weights },
    ]),
    { x: last, y: 0 },
  ];
  return {
    marginLeft: 44,
    marginRight: 10,
    marginTop: 22,
    marginBottom: 34,
    x: {
      domain: [first, last],
      label: l10n.t('Weight value'),
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 4,
      tickFormat: formatNumber,
    },
    y: {
      ...(highest !== undefined && { domain: [0, highest] }),
      label: l10n.t('Density'),
      labelArrow: 'none',
      grid: true,
      ticks: 4,
      tickFormat: formatNumber,
    },
    marks: [
      Plot.rectY(bars, { x1: 'from', x2: 'to', y: 'zoo', fill: theme.zooFill, inset: 0 }),
      Plot.ruleX([0], { stroke: theme.muted, strokeDasharray: '2,3' }),
      Plot.line(outline, { x: 'x', y: 'y', stroke: color, strokeWidth: 1.75 }),
      Plot.ruleY([0], { stroke: theme.zoo }),
    ],
  };
}

/** Rows of the table behind a histogram. */
export function histogramRows({ edges, weights, zoo }: HistogramPair): string[][] {
  return weights.map((value, i) => [
    l10n.t('{0} to {1}', formatNumber(edges[i]!), formatNumber(edges[i + 1]!)),
    formatNumber(value),
    formatNumber(zoo[i]!),
  ]);
}
