import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import type { WeightStatistics, WeightSummary } from '../../src/protocol/statistics.ts';
import { type DrawPlot, PlotFigure } from '../charts/plot-figure.tsx';
import { DataTable } from '../components/data-table.tsx';
import { formatCount, formatMoment, formatNumber } from '../components/format.ts';
import { histogramOptions, histogramRows } from './histogram.ts';
import { colorOf } from './marks.ts';

/** Root mean square: the norm per weight, so that sets of unequal size compare. */
export function rms({ norm, count }: WeightSummary): number {
  return norm / Math.sqrt(count);
}

function Reading(props: { label: string; value: string; beside?: string }): JSX.Element {
  return (
    <div class="reading">
      <dt>{props.label}</dt>
      <dd>
        <span class="reading-value">{props.value}</span>
        {props.beside && <span class="muted"> {props.beside}</span>}
      </dd>
    </div>
  );
}

/** The weights as one set: counts, moments and the histogram of all layers together. */
export function Overview({ statistics }: { statistics: WeightStatistics }): JSX.Element {
  const { weights, zoo } = statistics.summary;
  const { kind } = statistics.weights;
  const draw = useCallback<DrawPlot>(
    (_width, theme) => histogramOptions(statistics.histogram, colorOf(kind, theme), theme),
    [statistics, kind],
  );
  const beside = (value: number) => `zoo ${formatNumber(value)}`;
  return (
    <div class="overview">
      <dl class="readings">
        <Reading
          label="LoRA weights"
          value={formatCount(weights.count)}
          beside={`in ${statistics.layers.length} layers`}
        />
        {weights.notFinite > 0 && (
          <Reading
            label="Not finite"
            value={formatCount(weights.notFinite)}
            beside="NaN or infinite; left out of everything else"
          />
        )}
        <Reading label="Zoo" value={`${formatCount(statistics.zooMembers)} members`} />
        <Reading label="Root mean square" value={formatNumber(rms(weights))} beside={beside(rms(zoo))} />
        <Reading label="Standard deviation" value={formatNumber(weights.std)} beside={beside(zoo.std)} />
        <Reading label="Mean" value={formatNumber(weights.mean)} beside={beside(zoo.mean)} />
        <Reading
          label="Range"
          value={`${formatNumber(weights.min)} to ${formatNumber(weights.max)}`}
          beside={`zoo ${formatNumber(zoo.min)} to ${formatNumber(zoo.max)}`}
        />
        <Reading
          label="Blocks"
          value={formatCount(statistics.blocks.layer.length)}
          beside={`of ${formatCount(statistics.blocks.size)} weights`}
        />
        {statistics.draw && (
          <Reading
            label="Denoised in"
            value={`${formatCount(statistics.draw.steps)} ${statistics.draw.steps === 1 ? 'step' : 'steps'}`}
            beside={`seed ${statistics.draw.seed}`}
          />
        )}
        <Reading label="Written" value={formatMoment(statistics.weights.modified)} />
      </dl>
      <PlotFigure
        title="All layers"
        subtitle={`n = ${formatCount(weights.count)}`}
        description={`Histogram of all weights: standard deviation ${formatNumber(weights.std)}, zoo ${formatNumber(zoo.std)}.`}
        height={220}
        draw={draw}
      >
        <DataTable
          caption="Densities of all layers"
          columns={['Weight value', kind, 'zoo']}
          rows={() => histogramRows(statistics.histogram)}
        />
      </PlotFigure>
    </div>
  );
}
