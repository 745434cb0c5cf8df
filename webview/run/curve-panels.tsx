import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { RunHeader } from '../../src/protocol/webview/run.ts';
import { CurveChart } from '../charts/curve-chart.tsx';
import type { XRange } from '../charts/plotted.ts';
import { isLive } from '../components/run-states.ts';
import { Choice, Toggle } from '../components/toolkit.tsx';
import { chartsOf, conceptsOf, EVERY } from './charts.ts';
import { ComparedRuns } from './compared-runs.tsx';
import { RangeControls } from './range-controls.tsx';
import type { RunHistory } from './run-history.ts';
import { runLabels } from './run-labels.ts';
import { extentOf } from './x-range.ts';

export interface CurveSettings {
  xAxis: 'steps' | 'seconds';
  /** Weight of the moving average. */
  smoothing: number;
  logarithmic: boolean;
  /** A concept's name or EVERY; undefined: the current concept of the run. */
  concept?: string | undefined;
}

export const DEFAULT_CURVE_SETTINGS: CurveSettings = { xAxis: 'steps', smoothing: 0.8, logarithmic: false };

const SMOOTHINGS = [0, 0.6, 0.8, 0.9, 0.97];
const LATEST = '';

/** A chart for each quantity that the run or an overlaid run reports, with common settings. */
export function CurvePanels(props: {
  history: Pick<RunHistory, 'header' | 'curves' | 'overlays'>;
  settings: CurveSettings;
  onChange: (settings: CurveSettings) => void;
}): JSX.Element {
  const { history, settings, onChange } = props;
  const { header, curves, overlays } = history;
  const { xAxis } = settings;
  const [zoom, setZoom] = useState<XRange & { xAxis: CurveSettings['xAxis'] }>();
  const range = zoom?.xAxis === xAxis ? zoom : undefined;
  const setRange = (next: XRange | undefined) => setZoom(next && { ...next, xAxis });
  const labels = useLabels(header, overlays);
  const runs = useMemo(
    () =>
      [curves, ...overlays.map((run) => run.curves)].map((own, i) => ({ label: labels[i]!, curves: own })),
    [curves, overlays, labels],
  );
  const all = useMemo(() => runs.flatMap((run) => run.curves), [runs]);
  const concepts = conceptsOf(all);
  const latest = conceptsOf(curves).at(-1);
  const charts = useMemo(() => chartsOf(runs, settings.concept, xAxis), [runs, settings.concept, xAxis]);
  const extent = useMemo(() => extentOf(charts.flatMap((chart) => chart.curves)), [charts]);
  const timed = all.some(({ seconds }) => seconds.some((value) => !Number.isNaN(value)));
  return (
    <section aria-labelledby="curves-title">
      <div class="section-head">
        <h2 id="curves-title">{l10n.t('Curves')}</h2>
        <div class="controls">
          {concepts.length > 1 && (
            <Choice
              label={l10n.t('Concept')}
              value={settings.concept ?? LATEST}
              options={[
                {
                  value: LATEST,
                  label:
                    overlays.length > 0 ? l10n.t('Latest of each run') : l10n.t('Latest ({0})', latest ?? ''),
                },
                { value: EVERY, label: l10n.t('All concepts') },
                ...concepts.map((name) => ({ value: name, label: name })),
              ]}
              onChange={(value) => onChange({ ...settings, concept: value === LATEST ? undefined : value })}
            />
          )}
          {timed && (
            <Choice
              label={l10n.t('X axis')}
              value={settings.xAxis}
              options={[
                { value: 'steps', label: l10n.t('Training steps') },
                { value: 'seconds', label: l10n.t('Training time') },
              ]}
              onChange={(value) => onChange({ ...settings, xAxis: value as CurveSettings['xAxis'] })}
            />
          )}
          {charts.length > 0 && (
            <>
              <Choice
                label={l10n.t('Smoothing of losses')}
                value={String(settings.smoothing)}
                options={SMOOTHINGS.map((weight) => ({
                  value: String(weight),
                  label: weight === 0 ? l10n.t('None') : l10n.t('Moving average {0}', weight),
                }))}
                onChange={(value) => onChange({ ...settings, smoothing: Number(value) })}
              />
              <Toggle
                label={l10n.t('Logarithmic losses')}
                checked={settings.logarithmic}
                onChange={(logarithmic) => onChange({ ...settings, logarithmic })}
              />
            </>
          )}
          {extent && <RangeControls extent={extent} range={range} xAxis={xAxis} onChange={setRange} />}
        </div>
      </div>
      <ComparedRuns labels={labels} overlays={overlays} />
      {charts.length === 0 && <p class="muted">{nothingText(header)}</p>}
      <div class="curve-grid">
        {charts.map((chart) => {
          const loss = !chart.key.startsWith('quality/');
          return (
            <CurveChart
              key={chart.key}
              title={chart.title}
              unit={chart.unit}
              xAxis={xAxis}
              curves={chart.curves}
              smoothing={loss ? settings.smoothing : 0}
              logarithmic={loss && settings.logarithmic}
              range={range}
              onRange={setRange}
            />
          );
        })}
      </div>
    </section>
  );
}

/** The labels of all runs; the same array as long as they are equal. */
function useLabels(header: RunHeader, overlays: RunHistory['overlays']): readonly string[] {
  const labels = runLabels([header, ...overlays]);
  return useMemo(() => labels, [labels.join('\n')]);
}

function nothingText({ state }: RunHeader): string {
  return isLive(state)
    ? l10n.t('Curves appear after the first measured step.')
    : l10n.t('This run has no measurements, so there are no curves to show.');
}
