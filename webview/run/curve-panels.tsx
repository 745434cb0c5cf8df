import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { CurvePoints } from '../../src/protocol/webview.ts';
import { CurveChart } from '../charts/curve-chart.tsx';
import { Choice, Toggle } from '../components/toolkit.tsx';
import { chartsOf, conceptsOf } from './charts.ts';

export interface CurveSettings {
  xAxis: 'steps' | 'seconds';
  /** Weight of the moving average. */
  smoothing: number;
  logarithmic: boolean;
  /** A concept's name or EVERY; undefined: the one the run is at. */
  concept?: string | undefined;
}

export const DEFAULT_CURVE_SETTINGS: CurveSettings = { xAxis: 'steps', smoothing: 0.8, logarithmic: false };

const SMOOTHINGS = [0, 0.6, 0.8, 0.9, 0.97].map((weight) => ({
  value: String(weight),
  label: weight === 0 ? 'None' : `Moving average ${weight}`,
}));
const LATEST = '';
/** No file, and so no concept, has this name. */
const EVERY = '*';

/** A chart for each quantity that the run reports, under common settings. */
export function CurvePanels(props: {
  curves: readonly CurvePoints[];
  settings: CurveSettings;
  onChange: (settings: CurveSettings) => void;
}): JSX.Element {
  const { curves, settings, onChange } = props;
  const concepts = conceptsOf(curves);
  const wanted = settings.concept;
  const latest = concepts.at(-1);
  const named = wanted !== undefined && concepts.includes(wanted) ? wanted : latest;
  const concept = wanted === EVERY ? undefined : named;
  const charts = useMemo(() => chartsOf(curves, concept, settings.xAxis), [curves, concept, settings.xAxis]);
  const timed = curves.some(({ seconds }) => seconds.some((value) => !Number.isNaN(value)));
  return (
    <section aria-labelledby="curves-title">
      <div class="section-head">
        <h2 id="curves-title">Curves</h2>
        <div class="controls">
          {concepts.length > 1 && (
            <Choice
              label="Concept"
              value={settings.concept ?? LATEST}
              options={[
                { value: LATEST, label: `Latest (${latest})` },
                { value: EVERY, label: 'All together' },
                ...concepts.map((name) => ({ value: name, label: name })),
              ]}
              onChange={(value) => onChange({ ...settings, concept: value === LATEST ? undefined : value })}
            />
          )}
          {timed && (
            <Choice
              label="Over"
              value={settings.xAxis}
              options={[
                { value: 'steps', label: 'Training steps' },
                { value: 'seconds', label: 'Training time' },
              ]}
              onChange={(value) => onChange({ ...settings, xAxis: value as CurveSettings['xAxis'] })}
            />
          )}
          <Choice
            label="Smoothing of losses"
            value={String(settings.smoothing)}
            options={SMOOTHINGS}
            onChange={(value) => onChange({ ...settings, smoothing: Number(value) })}
          />
          <Toggle
            label="Logarithmic losses"
            checked={settings.logarithmic}
            onChange={(logarithmic) => onChange({ ...settings, logarithmic })}
          />
        </div>
      </div>
      {charts.length === 0 && <p class="muted">Curves begin with the first measured step.</p>}
      <div class="curve-grid">
        {charts.map((chart) => {
          const loss = !chart.key.startsWith('quality/');
          return (
            <CurveChart
              key={chart.key}
              title={chart.title}
              unit={chart.unit}
              xAxis={settings.xAxis}
              curves={chart.curves}
              smoothing={loss ? settings.smoothing : 0}
              logarithmic={loss && settings.logarithmic}
            />
          );
        })}
      </div>
    </section>
  );
}
