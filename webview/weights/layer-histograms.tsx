import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import type { LayerStatistics, WeightStatistics, WeightsKind } from '../../src/protocol/statistics.ts';
import { type DrawPlot, PlotFigure } from '../charts/plot-figure.tsx';
import { DataTable } from '../components/data-table.tsx';
import { formatCount, formatNumber } from '../components/format.ts';
import { histogramOptions, histogramRows } from './histogram.ts';
import { colorOf } from './marks.ts';

const HEIGHT = 150;

function LayerHistogram({ layer, kind }: { layer: LayerStatistics; kind: WeightsKind }): JSX.Element {
  const draw = useCallback<DrawPlot>(
    (_width, theme) => histogramOptions(layer.histogram, colorOf(kind, theme), theme),
    [layer, kind],
  );
  const { weights, zoo } = layer;
  return (
    <PlotFigure
      title={layer.name}
      subtitle={`rank ${layer.rank}, n = ${formatCount(weights.count)}`}
      description={`Histogram of the weights of ${layer.name}: standard deviation ${formatNumber(weights.std)}, zoo ${formatNumber(zoo.std)}; mean ${formatNumber(weights.mean)}, zoo ${formatNumber(zoo.mean)}.`}
      height={HEIGHT}
      draw={draw}
    >
      <DataTable
        caption={`Densities of ${layer.name}`}
        columns={['Weight value', kind, 'zoo']}
        rows={() => histogramRows(layer.histogram)}
      />
    </PlotFigure>
  );
}

export function LayerHistograms({ statistics }: { statistics: WeightStatistics }): JSX.Element {
  return (
    <div class="small-multiples">
      {statistics.layers.map((layer) => (
        <LayerHistogram key={layer.name} layer={layer} kind={statistics.weights.kind} />
      ))}
    </div>
  );
}
