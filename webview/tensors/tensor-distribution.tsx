import * as Plot from '@observablehq/plot';
import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { TensorFile, TensorHistogram } from '../../src/protocol/tensors.ts';
import { tensorsView } from '../../src/protocol/webview/tensors.ts';
import { type DrawPlot, PlotFigure } from '../charts/plot-figure.tsx';
import { DataTable } from '../components/data-table.tsx';
import { formatCount, formatNumber } from '../components/format.ts';
import { Notice } from '../components/pending.tsx';
import { ProgressRing } from '../components/toolkit.tsx';
import { messageOf, request } from '../host/connection.ts';
import { formatShape } from './tensor-table.tsx';
import type { TensorRow } from './use-tensors.ts';

const BINS = 96;

interface Answer {
  /** The file that the histogram belongs to: new content of the file has another `file`. */
  file: TensorFile;
  tensor: string;
  histogram?: TensorHistogram;
  error?: string;
}

/** Histogram of the tensor selected in the table. */
export function TensorDistribution(props: { file: TensorFile; tensor: TensorRow | undefined }): JSX.Element {
  const { file } = props;
  const name = props.tensor?.name;
  const [answer, setAnswer] = useState<Answer>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (name === undefined) return;
    let superseded = false;
    const settle = (result: Pick<Answer, 'histogram' | 'error'>) => {
      if (!superseded) setAnswer({ file, tensor: name, ...result });
    };
    setAnswer(undefined);
    request(tensorsView.histogram, { tensor: name, bins: BINS }).then(
      (histogram) => settle({ histogram }),
      (error) => settle({ error: messageOf(error) }),
    );
    return () => {
      superseded = true;
    };
  }, [file, name, attempt]);
  if (props.tensor === undefined) {
    return (
      <p class="hint">{l10n.t('Select a tensor in the table to see how its values are distributed.')}</p>
    );
  }
  const current = answer?.file === file && answer.tensor === name ? answer : undefined;
  if (current?.error !== undefined) {
    return (
      <Notice kind="error" action={{ label: l10n.t('Try again'), onClick: () => setAttempt(attempt + 1) }}>
        <strong>{l10n.t('The histogram could not be computed.')}</strong> {current.error}
      </Notice>
    );
  }
  if (current?.histogram === undefined) {
    return (
      <p class="busy" role="status">
        <ProgressRing /> {l10n.t('Reading {0}…', props.tensor.name)}
      </p>
    );
  }
  return <Histogram tensor={props.tensor} histogram={current.histogram} />;
}

function Histogram({ tensor, histogram }: { tensor: TensorRow; histogram: TensorHistogram }): JSX.Element {
  const { edges, counts } = histogram;
  const finite = counts.reduce((sum, count) => sum + count, 0);
  const draw = useCallback<DrawPlot>(
    (_width, theme) => ({
      marginLeft: 60,
      marginRight: 12,
      marginTop: 22,
      marginBottom: 36,
      x: {
        domain: [edges[0]!, edges.at(-1)!],
        label: l10n.t('Value'),
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: 6,
        tickFormat: formatNumber,
      },
      y: {
        label: l10n.t('Values in the bar'),
        labelArrow: 'none',
        grid: true,
        ticks: 4,
        tickFormat: formatNumber,
      },
      marks: [
        Plot.rectY(
          counts.map((count, i) => ({ from: edges[i]!, to: edges[i + 1]!, count })),
          { x1: 'from', x2: 'to', y: 'count', fill: theme.denoised, inset: 0 },
        ),
        Plot.ruleY([0], { stroke: theme.zoo }),
      ],
    }),
    [edges, counts],
  );
  if (finite === 0) return <p class="hint">{l10n.t('{0} has no finite values.', tensor.name)}</p>;
  return (
    <PlotFigure
      title={tensor.name}
      subtitle={`${tensor.dtype}, ${formatShape(tensor.shape)}, n = ${formatCount(finite)}`}
      description={l10n.t(
        'Histogram of {0} finite values of {1}, from {2} to {3}.',
        formatCount(finite),
        tensor.name,
        formatNumber(edges[0]!),
        formatNumber(edges.at(-1)!),
      )}
      height={220}
      draw={draw}
    >
      <DataTable
        caption={l10n.t('Values of {0} by bar', tensor.name)}
        columns={[l10n.t('Value'), l10n.t('Count')]}
        rows={() =>
          counts.map((count, i) => [
            l10n.t('{0} to {1}', formatNumber(edges[i]!), formatNumber(edges[i + 1]!)),
            count,
          ])
        }
      />
    </PlotFigure>
  );
}
