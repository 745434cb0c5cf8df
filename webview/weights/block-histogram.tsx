import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { HISTOGRAM_BARS, type HistogramPair, type WeightStatistics } from '../../src/protocol/statistics.ts';
import { weightsView } from '../../src/protocol/webview/weights.ts';
import { type DrawPlot, PlotFigure } from '../charts/plot-figure.tsx';
import { DataTable } from '../components/data-table.tsx';
import { Notice } from '../components/pending.tsx';
import { ProgressRing } from '../components/toolkit.tsx';
import { messageOf, request } from '../host/connection.ts';
import { histogramOptions, histogramRows } from './histogram.ts';
import { kindWord } from './kind-word.ts';
import { colorOf } from './marks.ts';

const HEIGHT = 190;

type Answer = { block: number } & ({ histogram: HistogramPair } | { error: string });

/** Histogram of one block's weights over the same block in the zoo. */
export function BlockHistogram(props: { statistics: WeightStatistics; block: number }): JSX.Element {
  const { statistics, block } = props;
  const { training, concept, weights, blocks } = statistics;
  const [answer, setAnswer] = useState<Answer>();
  useEffect(() => {
    let superseded = false;
    request(weightsView.blockHistogram, {
      training,
      concept,
      weights: weights.file,
      block,
      bins: HISTOGRAM_BARS,
    }).then(
      (histogram) => {
        if (!superseded) setAnswer({ block, histogram });
      },
      (error) => {
        if (!superseded) setAnswer({ block, error: messageOf(error) });
      },
    );
    return () => {
      superseded = true;
    };
  }, [statistics, block]);
  if (answer?.block !== block) {
    return (
      <p class="busy" role="status">
        <ProgressRing /> {l10n.t('Reading block {0}…', block)}
      </p>
    );
  }
  if ('error' in answer) {
    return (
      <Notice kind="error">
        <strong>{l10n.t('Block {0} could not be read.', block)}</strong> {answer.error}
      </Notice>
    );
  }
  return (
    <Histogram block={block} layer={blocks.layer[block]!} histogram={answer.histogram} weights={weights} />
  );
}

function Histogram(props: {
  block: number;
  layer: string;
  histogram: HistogramPair;
  weights: WeightStatistics['weights'];
}): JSX.Element {
  const { block, layer, histogram, weights } = props;
  const draw = useCallback<DrawPlot>(
    (_width, theme) => histogramOptions(histogram, colorOf(weights.kind, theme), theme),
    [histogram, weights.kind],
  );
  return (
    <PlotFigure
      title={l10n.t('Block {0}', block)}
      subtitle={layer}
      description={l10n.t("Histogram of the weights of block {0}, {1}, beside the zoo's.", block, layer)}
      height={HEIGHT}
      draw={draw}
    >
      <DataTable
        caption={l10n.t('Densities of block {0}', block)}
        columns={[l10n.t('Weight value'), kindWord(weights.kind), l10n.t('zoo')]}
        rows={() => histogramRows(histogram)}
      />
    </PlotFigure>
  );
}
