import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import type { LayerStatistics, WeightStatistics, WeightsKind } from '../../src/protocol/statistics.ts';
import { type DrawPlot, PlotFigure } from '../charts/plot-figure.tsx';
import { DataTable } from '../components/data-table.tsx';
import { formatCount, formatNumber } from '../components/format.ts';
import { histogramOptions, histogramRows } from './histogram.ts';
import { kindWord } from './kind-word.ts';
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
      subtitle={l10n.t('rank {0}, n = {1}', layer.rank, formatCount(weights.count))}
      description={l10n.t(
        'Histogram of the weights of {0}: standard deviation {1}, zoo {2}; mean {3}, zoo {4}.',
        layer.name,
        formatNumber(weights.std),
        formatNumber(zoo.std),
        formatNumber(weights.mean),
        formatNumber(zoo.mean),
      )}
      height={HEIGHT}
      draw={draw}
    >
      <DataTable
        caption={l10n.t('Densities of {0}', layer.name)}
        columns={[l10n.t('Weight value'), kindWord(kind), l10n.t('zoo')]}
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
