import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { HistogramPair, WeightStatistics } from '../../src/protocol/statistics.ts';
import { weightsView } from '../../src/protocol/webview.ts';
import { type DrawPlot, PlotFigure } from '../charts/plot-figure.tsx';
import { DataTable } from '../components/data-table.tsx';
import { Notice } from '../components/pending.tsx';
import { ProgressRing } from '../components/toolkit.tsx';
import { messageOf, request } from '../host/connection.ts';
import { histogramOptions, histogramRows } from './histogram.ts';
import { colorOf } from './marks.ts';

const BINS = 96;
const HEIGHT = 190;

type Answer = { block: number } & ({ histogram: HistogramPair } | { error: string });

/** The weights of one block beside what that block holds in the zoo. */
export function BlockHistogram(props: { statistics: WeightStatistics; block: number }): JSX.Element {
  const { statistics, block } = props;
  const { training, concept, weights, blocks } = statistics;
  const [answer, setAnswer] = useState<Answer>();
  useEffect(() => {
    let superseded = false;
    request(weightsView.blockHistogram, { training, concept, weights: weights.file, block, bins: BINS }).then(
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
        <ProgressRing /> Reading block {block}…
      </p>
    );
  }
  if ('error' in answer) {
    return (
      <Notice kind="error">
        <strong>Block {block} could not be read.</strong> {answer.error}
      </Notice>
    );
  }
  return (
    <Histogram
      title={`Block ${block}`}
      layer={blocks.layer[block]!}
      histogram={answer.histogram}
      weights={weights}
    />
  );
}

function Histogram(props: {
  title: string;
  layer: string;
  histogram: HistogramPair;
  weights: WeightStatistics['weights'];
}): JSX.Element {
  const { title, layer, histogram, weights } = props;
  const draw = useCallback<DrawPlot>(
    (_width, theme) => histogramOptions(histogram, colorOf(weights.kind, theme), theme),
    [histogram, weights.kind],
  );
  return (
    <PlotFigure
      title={title}
      subtitle={layer}
      description={`Histogram of the weights of ${title.toLowerCase()}, ${layer}, beside the zoo's.`}
      height={HEIGHT}
      draw={draw}
    >
      <DataTable
        caption={`Densities of ${title.toLowerCase()}`}
        columns={['Weight value', weights.kind, 'zoo']}
        rows={() => histogramRows(histogram)}
      />
    </PlotFigure>
  );
}
