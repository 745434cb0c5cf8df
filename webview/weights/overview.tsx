import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import type { WeightStatistics, WeightSummary } from '../../src/protocol/statistics.ts';
import { type DrawPlot, PlotFigure } from '../charts/plot-figure.tsx';
import { DataTable } from '../components/data-table.tsx';
import { formatCount, formatMoment, formatNumber } from '../components/format.ts';
import { plural } from '../components/plural.ts';
import { histogramOptions, histogramRows } from './histogram.ts';
import { kindWord } from './kind-word.ts';
import { colorOf } from './marks.ts';

/** Root mean square: independent of the number of weights, so that sets of different sizes can be compared. */
export function rms({ norm, count }: WeightSummary): number {
  return norm / Math.sqrt(count);
}

/** A number of denoising steps: "1 step", "1,000 steps". */
function stepsText(steps: number): string {
  return plural(steps, l10n.t('{0} step', formatCount(steps)), l10n.t('{0} steps', formatCount(steps)));
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
  const beside = (value: number) => l10n.t('zoo {0}', formatNumber(value));
  return (
    <div class="overview">
      <dl class="readings">
        <Reading
          label={l10n.t('LoRA weights')}
          value={formatCount(weights.count)}
          beside={l10n.t('in {0} layers', statistics.layers.length)}
        />
        {weights.notFinite > 0 && (
          <Reading
            label={l10n.t('Not finite')}
            value={formatCount(weights.notFinite)}
            beside={l10n.t('NaN or infinite; excluded from everything else')}
          />
        )}
        <Reading label={l10n.t('Zoo')} value={l10n.t('{0} members', formatCount(statistics.zooMembers))} />
        <Reading
          label={l10n.t('Root mean square')}
          value={formatNumber(rms(weights))}
          beside={beside(rms(zoo))}
        />
        <Reading
          label={l10n.t('Standard deviation')}
          value={formatNumber(weights.std)}
          beside={beside(zoo.std)}
        />
        <Reading label={l10n.t('Mean')} value={formatNumber(weights.mean)} beside={beside(zoo.mean)} />
        <Reading
          label={l10n.t('Range')}
          value={l10n.t('{0} to {1}', formatNumber(weights.min), formatNumber(weights.max))}
          beside={l10n.t('zoo {0} to {1}', formatNumber(zoo.min), formatNumber(zoo.max))}
        />
        <Reading
          label={l10n.t('Blocks')}
          value={formatCount(statistics.blocks.layer.length)}
          beside={l10n.t('of {0} weights', formatCount(statistics.blocks.size))}
        />
        {statistics.draw && (
          <Reading
            label={l10n.t('Denoised in')}
            value={stepsText(statistics.draw.steps)}
            beside={l10n.t('seed {0}', statistics.draw.seed)}
          />
        )}
        <Reading label={l10n.t('Written')} value={formatMoment(statistics.weights.modified)} />
      </dl>
      <PlotFigure
        title={l10n.t('All layers')}
        subtitle={`n = ${formatCount(weights.count)}`}
        description={l10n.t(
          'Histogram of all weights: standard deviation {0}, zoo {1}.',
          formatNumber(weights.std),
          formatNumber(zoo.std),
        )}
        height={220}
        draw={draw}
      >
        <DataTable
          caption={l10n.t('Densities of all layers')}
          columns={[l10n.t('Weight value'), kindWord(kind), l10n.t('zoo')]}
          rows={() => histogramRows(statistics.histogram)}
        />
      </PlotFigure>
    </div>
  );
}
