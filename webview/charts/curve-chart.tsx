import type { JSX } from 'preact';
import { useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { DataTable } from '../components/data-table.tsx';
import { formatCount, formatDuration, formatNumber } from '../components/format.ts';
import { Legend, type LegendEntry } from '../components/legend.tsx';
import { type Theme, useTheme } from '../components/theme.ts';
import { useWidth } from '../components/use-width.ts';
import { smooth } from './smooth.ts';

export interface Curve {
  label: string;
  x: Float64Array;
  y: Float64Array;
}

const HEIGHT = 220;
/** Of a curve as it was reported, behind its moving average. */
const RAW_OPACITY = 0.35;
/** After six colours the same colours come again, dashed. */
const DASHES: (number[] | undefined)[] = [undefined, [6, 4], [2, 3]];

type Columns = [xs: Float64Array, ...ys: Float64Array[]];

/** One chart's curves over a common, ascending x; NaN where a curve has no point. Logarithms need positives. */
function align(curves: readonly Curve[], logarithmic: boolean): Columns {
  const xs = Float64Array.from(
    new Set(curves.flatMap((curve) => Array.from(curve.x).filter((x) => !Number.isNaN(x)))),
  ).sort();
  const place = new Map(Array.from(xs, (x, index) => [x, index]));
  const columns = curves.map((curve) => {
    const column = new Float64Array(xs.length).fill(Number.NaN);
    for (let i = 0; i < curve.x.length; i++) {
      const index = place.get(curve.x[i]!);
      const value = curve.y[i]!;
      if (index !== undefined && (!logarithmic || value > 0)) column[index] = value;
    }
    return column;
  });
  return [xs, ...columns];
}

/** uPlot draws gaps at null. */
function toUplot([xs, ...ys]: Columns, weight: number): uPlot.AlignedData {
  const nullable = (column: Float64Array) => Array.from(column, (v) => (Number.isFinite(v) ? v : null));
  const raw = ys.map(nullable);
  return [
    Array.from(xs),
    ...raw,
    ...(weight > 0 ? ys.map((column) => nullable(smooth(column, weight))) : []),
  ];
}

function withAlpha(color: string, alpha: number): string {
  return color.replace('rgb(', 'rgba(').replace(')', `, ${alpha})`);
}

function styleOf(theme: Theme, index: number): { color: string; dash: number[] | undefined } {
  return {
    color: theme.series[index % theme.series.length]!,
    dash: DASHES[Math.floor(index / theme.series.length) % DASHES.length],
  };
}

function legendOf(curves: readonly Curve[], smoothing: number, theme: Theme): LegendEntry[] {
  const average = `moving average ${smoothing}`;
  const entries = curves.map((curve, index): LegendEntry => {
    const { color, dash } = styleOf(theme, index);
    const label = curves.length > 1 ? curve.label : average;
    return { label, color, mark: dash ? 'dash' : 'line' };
  });
  if (smoothing === 0) return entries;
  const faint = withAlpha(theme.series[0]!, RAW_OPACITY);
  const label = curves.length > 1 ? `as reported (strong: ${average})` : 'as reported';
  return [...entries, { label, color: faint, mark: 'line' }];
}

/** Curves of one quantity that grow while a run goes on. */
export function CurveChart(props: {
  title: string;
  /** Of the values, with its direction: "dB, higher is better". */
  unit: string;
  xAxis: 'steps' | 'seconds';
  curves: readonly Curve[];
  /** Weight of the moving average, 0 to below 1. The raw curve stays behind it, faint. */
  smoothing: number;
  logarithmic: boolean;
}): JSX.Element {
  const { curves, smoothing, logarithmic, xAxis } = props;
  const id = useId();
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const width = useWidth(holder);
  const theme = useTheme();
  const [underCursor, setUnderCursor] = useState<string>();
  const data = useMemo(
    () => toUplot(align(curves, logarithmic), smoothing),
    [curves, logarithmic, smoothing],
  );
  const labels = curves.map((curve) => curve.label).join('\n');
  const smoothed = smoothing > 0;
  const present = useRef(data);
  present.current = data;

  useLayoutEffect(() => {
    if (width === 0) return;
    const axis = {
      stroke: theme.foreground,
      font: `11px ${theme.fontFamily}`,
      labelFont: `11px ${theme.fontFamily}`,
      labelSize: 18,
      grid: { stroke: theme.grid, width: 1 },
      ticks: { stroke: theme.grid, width: 1, size: 4 },
    };
    const series = labels.split('\n').flatMap((label, index) => {
      const { color, dash } = styleOf(theme, index);
      const line: uPlot.Series = {
        label,
        stroke: color,
        width: 2,
        points: smoothed ? { show: false } : { size: 6, fill: theme.background },
        spanGaps: true,
        ...(dash ? { dash } : {}),
      };
      return [
        { raw: { ...line, ...(smoothed ? { stroke: withAlpha(color, RAW_OPACITY), width: 1 } : {}) }, line },
      ];
    });
    plot.current = new uPlot(
      {
        width,
        height: HEIGHT,
        legend: { show: false },
        cursor: { points: { size: 7 }, drag: { x: false, y: false } },
        scales: { x: { time: false }, y: { distr: logarithmic ? 3 : 1 } },
        axes: [
          {
            ...axis,
            label: xAxis === 'steps' ? 'Training step' : 'Training time, seconds',
            size: 30,
            values: (_, splits) =>
              splits.map((split) => (Number.isInteger(split) ? formatCount(split) : String(split))),
          },
          {
            ...axis,
            label: props.unit,
            size: 52,
            values: (_, splits) => splits.map((split) => (split === null ? '' : formatNumber(split))),
          },
        ],
        series: [{}, ...series.map(({ raw }) => raw), ...(smoothed ? series.map(({ line }) => line) : [])],
        hooks: {
          setCursor: [(self) => setUnderCursor(describe(self, labels.split('\n'), xAxis, smoothed))],
        },
      },
      present.current,
      holder.current!,
    );
    return () => {
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [width, theme, labels, logarithmic, xAxis, smoothed, props.unit]);

  useLayoutEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  const lastValues = `Latest: ${curves
    .flatMap((curve) => (curve.y.length > 0 ? [named(curve.label, curve.y.at(-1)!, curves.length)] : []))
    .join(', ')}`;
  const unplottable = logarithmic && curves.some((curve) => curve.y.some((value) => value <= 0));
  return (
    <figure class="chart" aria-labelledby={id}>
      <h3 id={id} class="chart-title">
        {props.title}
      </h3>
      {(curves.length > 1 || smoothed) && (
        <Legend label={`Curves of ${props.title}`} entries={legendOf(curves, smoothing, theme)} />
      )}
      <div
        class="curve"
        ref={holder}
        role="img"
        aria-label={`${props.title} over ${xAxis}. ${lastValues}.`}
      />
      <p class="read-out">{underCursor ?? lastValues}</p>
      {unplottable && <p class="muted">Values at or below zero have no logarithm and are left out.</p>}
      <DataTable
        caption={props.title}
        columns={[xAxis === 'steps' ? 'Step' : 'Seconds', ...curves.map((curve) => curve.label)]}
        rows={() => tableRows(align(curves, false))}
      />
    </figure>
  );
}

/** A lone curve goes without its name. */
function named(label: string, value: number, curves: number): string {
  return curves === 1 ? formatNumber(value) : `${label} ${formatNumber(value)}`;
}

/** What lies under the cursor, in words; undefined where it is off the chart. */
function describe(
  plot: uPlot,
  labels: readonly string[],
  xAxis: 'steps' | 'seconds',
  smoothed: boolean,
): string | undefined {
  const index = plot.cursor.idx;
  if (index === null || index === undefined) return undefined;
  const x = plot.data[0][index]!;
  const offset = smoothed ? labels.length : 0;
  const values = labels.flatMap((label, curve) => {
    const value = plot.data[1 + offset + curve]?.[index];
    return value === null || value === undefined ? [] : [named(label, value, labels.length)];
  });
  return `${xAxis === 'steps' ? `Step ${formatCount(x)}` : formatDuration(x)}: ${values.join(', ')}`;
}

const TABLE_ROWS = 200;

/** At most about TABLE_ROWS rows, evenly spaced, the last always among them. */
function tableRows([xs, ...ys]: Columns): (string | number)[][] {
  const stride = Math.max(1, Math.ceil(xs.length / TABLE_ROWS));
  const rows: (string | number)[][] = [];
  for (let i = 0; i < xs.length; i++) {
    if (i % stride !== 0 && i !== xs.length - 1) continue;
    rows.push([
      formatNumber(xs[i]!),
      ...ys.map((column) => (Number.isNaN(column[i]!) ? '' : formatNumber(column[i]!))),
    ]);
  }
  return rows;
}
