import * as Plot from '@observablehq/plot';
import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import type { WeightStatistics } from '../../src/protocol/statistics.ts';
import { type DrawPlot, PlotFigure } from '../charts/plot-figure.tsx';
import { DataTable } from '../components/data-table.tsx';
import { formatCount, formatNumber } from '../components/format.ts';
import { colorOf } from './marks.ts';
import { rms } from './overview.tsx';

const ROW = 24;
/** Standard deviations either side of the zoo's mean that the interval spans. */
const INTERVAL = 2;

/** Each block's magnitude against what that block has in the zoo. */
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
        label: 'Block index',
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: Math.min(rows.length, Math.floor(width / 60)),
        tickFormat: (index: number) => (Number.isInteger(index) ? String(index) : ''),
      },
      y: {
        label: 'Root mean square of the block',
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
      title="Magnitude of each block"
      subtitle={`${formatCount(rows.length)} blocks, ${formatCount(outside)} outside the zoo’s mean ± ${INTERVAL} standard deviations`}
      description={`Root mean square of each of ${rows.length} blocks beside the zoo's mean and ${INTERVAL} standard deviations; ${outside} blocks lie outside.`}
      height={260}
      draw={draw}
    >
      <DataTable
        caption="Root mean square of each block"
        columns={['Block', 'Layer', weights.kind, 'zoo mean', 'zoo standard deviation']}
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

/** Each layer's magnitude beside the whole zoo's, joined by a line as long as the difference. */
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
          label: 'Root mean square of the layer’s weights',
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
      title="Magnitude of each layer"
      subtitle={`${rows.length} layers`}
      description={`Root mean square of the weights of ${rows.length} layers beside that of the whole zoo.`}
      height={rows.length * ROW + 62}
      draw={draw}
    >
      <DataTable
        caption="Root mean square of each layer"
        columns={['Layer', weights.kind, 'zoo', 'Euclidean norm']}
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
