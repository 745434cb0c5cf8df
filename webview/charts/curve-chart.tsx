import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { DataTable } from '../components/data-table.tsx';
import { formatCount, formatDuration, formatNumber } from '../components/format.ts';
import { Legend, type LegendEntry } from '../components/legend.tsx';
import { type Theme, useTheme } from '../components/theme.ts';
import { useWidth } from '../components/use-width.ts';
import { axisStyle, colorOf, dashOf, legendEntry, withAlpha } from './curve-style.ts';
import { CurveValues, type NamedCurve } from './curve-values.tsx';
import { type Points, valueNear } from './decimate.ts';
import { plotted, prepare, tableColumns, type XRange } from './plotted.ts';

export type Curve = Points & NamedCurve;

const HEIGHT = 220;
/** Approximate width of the y axis in CSS pixels: the number of pixel columns need not be exact. */
const AXIS_WIDTH = 70;
/** Opacity of a raw curve behind its moving average: the more curves, the fainter. */
const rawOpacity = (curves: number) => (curves === 1 ? 0.35 : curves <= 3 ? 0.22 : 0.12);

/** The range of a chart without any points yet. */
const NOTHING: XRange = { from: 0, to: 1 };

/** Curves of one quantity that grow while a run continues. Dragging over the plot selects a range of x. */
export function CurveChart(props: {
  title: string;
  /** Unit of the values, with the better direction: "dB, higher is better". */
  unit: string;
  xAxis: 'steps' | 'seconds';
  curves: readonly Curve[];
  /** Weight of the moving average, from 0 to below 1. The raw curve stays behind it, faint. */
  smoothing: number;
  logarithmic: boolean;
  /** The shown range of x; undefined shows everything. */
  range: XRange | undefined;
  onRange: (range: XRange | undefined) => void;
}): JSX.Element {
  const { curves, smoothing, logarithmic, xAxis } = props;
  const id = useId();
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const width = useWidth(holder);
  const theme = useTheme();
  const [cursor, setCursor] = useState<number>();
  const prepared = useMemo(() => prepare(curves, smoothing, logarithmic), [curves, logarithmic, smoothing]);
  const range = props.range ?? prepared.extent ?? NOTHING;
  const { from, to } = range;
  const columns = Math.max(100, width - AXIS_WIDTH);
  const data = useMemo(() => plotted(prepared, { from, to }, columns), [prepared, from, to, columns]);
  /** Changes when the plot gets other curves, not when its curves grow. */
  const signature = curves.map(({ label, style }) => `${label}\t${style.color}\t${style.dash}`).join('\n');
  const smoothed = smoothing > 0;
  const present = useRef({ data, range, curves, onRange: props.onRange });
  present.current = { data, range, curves, onRange: props.onRange };

  useLayoutEffect(() => {
    if (width === 0) return;
    plot.current = new uPlot(
      {
        width,
        height: HEIGHT,
        legend: { show: false },
        cursor: {
          points: { size: 7 },
          drag: { x: true, y: false, setScale: false },
          bind: {
            dblclick: () => () => {
              present.current.onRange(undefined);
              return null;
            },
          },
          dataIdx: nearestPoint,
        },
        scales: {
          x: { time: false, range: () => wide(present.current.range) },
          y: { distr: logarithmic ? 3 : 1 },
        },
        axes: axesOf(theme, xAxis, props.unit),
        series: [{}, ...seriesOf(present.current.curves, theme, smoothed)],
        hooks: {
          setCursor: [
            ({ cursor: { left = -1 }, posToVal }) => setCursor(left < 0 ? undefined : posToVal(left, 'x')),
          ],
          setSelect: [
            (self) => {
              const { left, width: chosen } = self.select;
              if (chosen <= 0) return;
              const next = { from: self.posToVal(left, 'x'), to: self.posToVal(left + chosen, 'x') };
              self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              present.current.onRange(next);
            },
          ],
        },
      },
      present.current.data,
      holder.current!,
    );
    return () => {
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [width, theme, signature, logarithmic, xAxis, smoothed, props.unit]);

  useLayoutEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  const latest = prepared.raw.map(({ y }) => y.at(-1));
  const lastValues = latest
    .flatMap((value, index) =>
      value === undefined ? [] : [named(curves[index]!.label, value, curves.length)],
    )
    .join(', ');
  const read = (index: number, at: number) =>
    valueNear((smoothed ? prepared.smoothed : prepared.raw)[index]!, at);
  const place = cursor === undefined ? l10n.t('Latest') : placeText(cursor, xAxis);
  const values = curves.map((_, index) => (cursor === undefined ? latest[index] : read(index, cursor)));
  const single = curves.length === 1 ? curves[0] : undefined;
  return (
    <figure class="chart" aria-labelledby={id}>
      <h3 id={id} class="chart-title">
        {props.title}
      </h3>
      {single && smoothed && (
        <Legend
          label={l10n.t('Curves of {0}', props.title)}
          entries={averageLegend(single, smoothing, theme)}
        />
      )}
      <div
        class="curve"
        ref={holder}
        role="img"
        aria-label={
          xAxis === 'steps'
            ? l10n.t('{0} over steps. Latest: {1}.', props.title, lastValues)
            : l10n.t('{0} over seconds. Latest: {1}.', props.title, lastValues)
        }
      />
      {single ? (
        <p class="read-out">
          {place}: {values[0] === undefined ? l10n.t('none') : formatNumber(values[0])}
        </p>
      ) : (
        <CurveValues
          label={l10n.t('Curves of {0}', props.title)}
          at={place}
          theme={theme}
          curves={curves}
          values={values}
        />
      )}
      {!single && smoothed && (
        <p class="muted">{l10n.t('Bold: moving average {0}. Faint: raw values.', smoothing)}</p>
      )}
      {prepared.unplottable && (
        <p class="muted">{l10n.t('Values at or below zero have no logarithm and are omitted.')}</p>
      )}
      <DataTable
        caption={props.title}
        columns={[
          xAxis === 'steps' ? l10n.t('Step') : l10n.t('Seconds'),
          ...curves.map((curve) => curve.label),
        ]}
        rows={() => tableRows(curves)}
      />
    </figure>
  );
}

/** The range, widened if it is a single point, which then lies in the middle: a scale needs two distinct ends. */
function wide({ from, to }: XRange): [number, number] {
  return to > from ? [from, to] : [from - 1, to + 1];
}

function axesOf(theme: Theme, xAxis: 'steps' | 'seconds', unit: string): uPlot.Axis[] {
  const axis = axisStyle(theme);
  return [
    {
      ...axis,
      label: xAxis === 'steps' ? l10n.t('Training step') : l10n.t('Training time, seconds'),
      size: 30,
      values: (_, splits) =>
        splits.map((split) => (Number.isInteger(split) ? formatCount(split) : String(split))),
    },
    {
      ...axis,
      label: unit,
      size: 52,
      values: (_, splits) => splits.map((split) => (split === null ? '' : formatNumber(split))),
    },
  ];
}

/** The plot's series: raw curves, then their moving averages. */
function seriesOf(curves: readonly Curve[], theme: Theme, smoothed: boolean): uPlot.Series[] {
  const lines = curves.map(({ label, style, compared }): uPlot.Series => {
    const dash = dashOf(style);
    return {
      label,
      stroke: colorOf(style, theme),
      width: 2,
      // Dots of several runs would overlap.
      points: smoothed || compared ? { show: false } : { size: 6, fill: theme.background },
      spanGaps: true,
      ...(dash.length > 0 ? { dash: [...dash] } : {}),
    };
  });
  if (!smoothed) return lines;
  const faint = curves.map(
    ({ label, style }): uPlot.Series => ({
      label,
      stroke: withAlpha(colorOf(style, theme), rawOpacity(curves.length)),
      width: 1,
      points: { show: false },
      spanGaps: true,
    }),
  );
  return [...faint, ...lines];
}

/** Index of the existing point nearest to `index`: curves of several runs do not share their x. */
function nearestPoint(plot: uPlot, series: number, index: number): number {
  const values = plot.data[series]!;
  for (let distance = 0; distance < values.length; distance++) {
    if (values[index - distance] != null) return index - distance;
    if (values[index + distance] != null) return index + distance;
  }
  return index;
}

function averageLegend({ style }: NamedCurve, smoothing: number, theme: Theme): LegendEntry[] {
  return [
    legendEntry(l10n.t('moving average {0}', smoothing), style, theme),
    { label: l10n.t('as reported'), color: withAlpha(colorOf(style, theme), rawOpacity(1)), mark: 'line' },
  ];
}

/** The value with its curve's name; without the name if there is only one curve. */
function named(label: string, value: number, curves: number): string {
  return curves === 1 ? formatNumber(value) : `${label} ${formatNumber(value)}`;
}

function placeText(x: number, xAxis: 'steps' | 'seconds'): string {
  return xAxis === 'steps' ? l10n.t('Step {0}', formatCount(x)) : formatDuration(x);
}

function tableRows(curves: readonly Curve[]): (string | number)[][] {
  const { x, ys } = tableColumns(curves);
  return Array.from(x, (value, index) => [
    formatNumber(value),
    ...ys.map((column) => (Number.isNaN(column[index]!) ? '' : formatNumber(column[index]!))),
  ]);
}
