import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Method, SavedComparison } from '../../src/protocol/comparison.ts';
import type { EvaluationChoice } from '../../src/protocol/webview.ts';
import { Fact } from '../components/facts.tsx';
import { formatMoment } from '../components/format.ts';
import { Choice, Toggle } from '../components/toolkit.tsx';
import { type ChartSettings, chartData, type XAxis } from './chart-data.ts';
import { EqualityTable } from './equality-table.tsx';
import { Exports } from './exports.tsx';
import { METRICS, type Metric, metricsOf } from './metrics.ts';
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
  reference: 'scratch',
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
  // Another evaluation may lack what was chosen for this one.
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
        <Fact label="Evaluated" value={formatMoment(evaluation.created)} />
        <Fact label="Device" value={comparison.device} />
        <Fact label="Seed" value={String(comparison.seed)} />
        <Fact
          label="Held-out images"
          value={`${comparison.images}, ${comparison.size} × ${comparison.size} pixels`}
        />
        <Fact label="Training config" value={evaluation.training} />
        <Fact label="Run" value={evaluation.runId} />
      </dl>
      <section aria-labelledby="quality-title">
        <div class="section-head">
          <h2 id="quality-title">Quality while training</h2>
          <div class="controls">
            <Choice
              label="Metric"
              value={metric}
              options={metrics.map((value) => ({ value, label: METRICS[value].label }))}
              onChange={(value) => change({ metric: value as Metric })}
            />
            <Choice
              label="Over"
              value={xAxis}
              options={[
                { value: 'seconds', label: 'Training time' },
                { value: 'steps', label: 'Training steps' },
              ]}
              onChange={(value) => change({ xAxis: value as XAxis })}
            />
            <Toggle
              label={xAxis === 'seconds' ? 'Logarithmic time' : 'Logarithmic steps'}
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
