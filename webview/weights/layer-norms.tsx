import * as Plot from '@observablehq/plot';
import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import type { WeightStatistics } from '../../src/protocol/statistics.ts';
import { type DrawPlot, PlotFigure } from '../charts/plot-figure.tsx';
import { DataTable } from '../components/data-table.tsx';
import { formatCount, formatNumber } from '../components/format.ts';
import { kindWord } from './kind-word.ts';
import { colorOf } from './marks.ts';
import { rms } from './overview.tsx';

const ROW = 24;
/** Half width of the interval around the zoo's mean, in standard deviations. */
const INTERVAL = 2;

/** Magnitude of each block over that of the same block in the zoo. */
export function BlockNorms({ statistics }: { statistics: WeightStatistics }): JSX.Element {
  const { blocks, weights } = statistics;
  const rows = blocks.rms.map((value, index) => ({
    index,
    layer: blocks.layer[index]!,
    value,
    mean: blocks.zooMean[index]!,
    low: Math.max(0, blocks.zooMean[index]! - INTERVAL * blocks.zooStd[index]!),
    high: blocks.zooMean[index]! + INTERVAL * blocks.zooStd[index]!,
  }));
  const outside = rows.filter(({ value, low, high }) => value < low || value > high).length;
  const draw = useCallback<DrawPlot>(
    (width, theme) => ({
      marginLeft: 52,
      marginRight: 12,
      marginTop: 24,
      marginBottom: 38,
      x: {
        domain: [-0.5, rows.length - 0.5],
        label: l10n.t('Block index'),
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: Math.min(rows.length, Math.floor(width / 60)),
        tickFormat: (index: number) => (Number.isInteger(index) ? String(index) : ''),
      },
      y: {
        label: l10n.t('Root mean square of the block'),
        labelArrow: 'none',
        grid: true,
        zero: true,
        tickFormat: formatNumber,
      },
      marks: [
        Plot.ruleX(rows, {
          x: 'index',
          y1: 'low',
          y2: 'high',
          stroke: theme.zoo,
          strokeWidth: Math.max(1, Math.min(3, width / rows.length / 4)),
        }),
        Plot.dot(rows, { x: 'index', y: 'mean', r: 2.5, fill: theme.zoo }),
        Plot.dot(rows, {
          x: 'index',
          y: 'value',
          r: 3.5,
          fill: colorOf(weights.kind, theme),
          stroke: theme.background,
          strokeWidth: 1,
        }),
        Plot.ruleY([0], { stroke: theme.zoo }),
      ],
    }),
    [statistics],
  );
  return (
    <PlotFigure
      title={l10n.t('Magnitude of each block')}
      subtitle={l10n.t(
        '{0} blocks, {1} outside the zoo’s mean ± {2} standard deviations',
        formatCount(rows.length),
        formatCount(outside),
        INTERVAL,
      )}
      description={l10n.t(
        "Root mean square of each of {0} blocks beside the zoo's mean and {1} standard deviations; {2} blocks lie outside.",
        rows.length,
        INTERVAL,
        outside,
      )}
      height={260}
      draw={draw}
    >
      <DataTable
        caption={l10n.t('Root mean square of each block')}
        columns={[
          l10n.t('Block'),
          l10n.t('Layer'),
          kindWord(weights.kind),
          l10n.t('zoo mean'),
          l10n.t('zoo standard deviation'),
        ]}
        rows={() =>
          rows.map(({ index, layer, value, mean }) => [
            index,
            layer,
            formatNumber(value),
            formatNumber(mean),
            formatNumber(blocks.zooStd[index]!),
          ])
        }
      />
    </PlotFigure>
  );
}

/** Magnitude of each layer beside the whole zoo's; the line between them shows the difference. */
export function LayerNorms({ statistics }: { statistics: WeightStatistics }): JSX.Element {
  const { layers, weights } = statistics;
  const rows = layers.map((layer) => ({ name: layer.name, own: rms(layer.weights), zoo: rms(layer.zoo) }));
  const draw = useCallback<DrawPlot>(
    (width, theme) => {
      const longest = Math.max(...rows.map(({ name }) => name.length));
      const margin = Math.min(Math.round(width * 0.42), 14 + longest * 6);
      return {
        marginLeft: margin,
        marginRight: 16,
        marginTop: 8,
        marginBottom: 38,
        x: {
          label: l10n.t('Root mean square of the layer’s weights'),
          labelAnchor: 'center',
          labelArrow: 'none',
          grid: true,
          zero: true,
          ticks: 5,
          tickFormat: formatNumber,
        },
        y: { domain: rows.map(({ name }) => name), label: null, tickSize: 0 },
        marks: [
          Plot.ruleY(rows, { y: 'name', x1: 'zoo', x2: 'own', stroke: theme.zoo, strokeWidth: 2 }),
          Plot.tickX(rows, { y: 'name', x: 'zoo', stroke: theme.zoo, strokeWidth: 3, inset: 3 }),
          Plot.dot(rows, {
            y: 'name',
            x: 'own',
            r: 5,
            fill: colorOf(weights.kind, theme),
            stroke: theme.background,
          }),
        ],
      };
    },
    [statistics],
  );
  return (
    <PlotFigure
      title={l10n.t('Magnitude of each layer')}
      subtitle={l10n.t('{0} layers', rows.length)}
      description={l10n.t(
        'Root mean square of the weights of {0} layers beside that of the whole zoo.',
        rows.length,
      )}
      height={rows.length * ROW + 62}
      draw={draw}
    >
      <DataTable
        caption={l10n.t('Root mean square of each layer')}
        columns={[l10n.t('Layer'), kindWord(weights.kind), l10n.t('zoo'), l10n.t('Euclidean norm')]}
        rows={() =>
          rows.map(({ name, own, zoo }, i) => [
            name,
            formatNumber(own),
            formatNumber(zoo),
            formatNumber(layers[i]!.weights.norm),
          ])
        }
      />
    </PlotFigure>
  );
}
