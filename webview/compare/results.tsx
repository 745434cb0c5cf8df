import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Method, SavedComparison } from '../../src/protocol/comparison.ts';
import type { EvaluationChoice } from '../../src/protocol/webview/compare.ts';
import { Fact } from '../components/facts.tsx';
import { formatMoment } from '../components/format.ts';
import { Choice, Toggle } from '../components/toolkit.tsx';
import { type ChartSettings, chartData, type XAxis } from './chart-data.ts';
import { EqualityTable } from './equality-table.tsx';
import { Exports } from './exports.tsx';
import { type Metric, metricLabel, metricsOf } from './metrics.ts';
import { QualityChart } from './quality-chart.tsx';
import { StartsTable } from './starts-table.tsx';

export interface ResultSettings extends ChartSettings {
  reference: Method;
}

export const DEFAULT_SETTINGS: ResultSettings = {
  metric: 'psnr',
  xAxis: 'seconds',
  logarithmic: true,
  hidden: [],
  reference: 'pix2pix',
};

/** What one evaluation has measured. */
export function Results(props: {
  comparison: SavedComparison;
  evaluation: EvaluationChoice;
  settings: ResultSettings;
  onSettings: (settings: ResultSettings) => void;
}): JSX.Element {
  const { comparison, evaluation, settings, onSettings } = props;
  const metrics = metricsOf(comparison);
  // This evaluation may lack the metric selected for another one.
  const metric = metrics.includes(settings.metric) ? settings.metric : 'psnr';
  const methods = comparison.curves.map(({ method }) => method);
  const reference = methods.includes(settings.reference) ? settings.reference : methods.at(-1)!;
  const { xAxis, logarithmic, hidden } = settings;
  const data = useMemo(
    () => chartData(comparison, { metric, xAxis, logarithmic, hidden }),
    [comparison, metric, xAxis, logarithmic, hidden],
  );
  const change = (part: Partial<ResultSettings>) => onSettings({ ...settings, ...part });
  return (
    <>
      <dl class="facts">
        <Fact label={l10n.t('Evaluated')} value={formatMoment(evaluation.created)} />
        <Fact label={l10n.t('Device')} value={comparison.device} />
        <Fact label={l10n.t('Seed')} value={String(comparison.seed)} />
        <Fact
          label={l10n.t('Held-out images')}
          value={l10n.t('{0}, {1} × {1} pixels', comparison.images, comparison.size)}
        />
        <Fact label={l10n.t('Training config')} value={evaluation.training} />
        <Fact label={l10n.t('Run')} value={evaluation.runId} />
      </dl>
      <section aria-labelledby="quality-title">
        <div class="section-head">
          <h2 id="quality-title">{l10n.t('Quality while training')}</h2>
          <div class="controls">
            <Choice
              label={l10n.t('Metric')}
              value={metric}
              options={metrics.map((value) => ({ value, label: metricLabel(value) }))}
              onChange={(value) => change({ metric: value as Metric })}
            />
            <Choice
              label={l10n.t('X axis')}
              value={xAxis}
              options={[
                { value: 'seconds', label: l10n.t('Training time') },
                { value: 'steps', label: l10n.t('Training steps') },
              ]}
              onChange={(value) => change({ xAxis: value as XAxis })}
            />
            <Toggle
              label={xAxis === 'seconds' ? l10n.t('Logarithmic time') : l10n.t('Logarithmic steps')}
              checked={logarithmic}
              onChange={(value) => change({ logarithmic: value })}
            />
          </div>
        </div>
        <QualityChart
          data={data}
          metric={metric}
          methods={methods}
          hidden={hidden}
          onHidden={(value) => change({ hidden: value })}
        />
        <Exports comparison={comparison} data={data} name={`${comparison.concept} ${metric} ${xAxis}`} />
      </section>
      <EqualityTable
        comparison={comparison}
        metric={metric}
        reference={reference}
        onReference={(value) => change({ reference: value })}
      />
      <StartsTable comparison={comparison} metric={metric} />
    </>
  );
}
