import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Method } from '../../src/protocol/comparison.ts';
import { axisStyle } from '../charts/curve-style.ts';
import { DataTable } from '../components/data-table.tsx';
import { formatCount, formatDuration, formatNumber } from '../components/format.ts';
import { type Theme, useTheme } from '../components/theme.ts';
import { useWidth } from '../components/use-width.ts';
import type { ChartData, ChartSeries } from './chart-data.ts';
import { colorOf, DASHES, drawingOrder, strokeWidth } from './method-style.ts';
import { formatMetric, type Metric, type MetricPoint } from './metrics.ts';
import { SeriesToggles } from './series-toggles.tsx';

const HEIGHT = 340;
/** Room beyond the ends of the axes, so that points there are drawn whole; as a share of an axis. */
const MARGIN = 0.015;
/** Maximum distance in CSS pixels between the pointer and the point that it reads. */
const REACH = 40;

/** Options of the plot. Both axes run from 0 to 1; the chart's data maps values to these positions. */
function plotOf(
  data: ChartData,
  theme: Theme,
): { options: Omit<uPlot.Options, 'width' | 'height'>; rows: uPlot.AlignedData } {
  const drawn = data.series.toSorted((a, b) => drawingOrder(a.method) - drawingOrder(b.method));
  const places = drawn.map(
    ({ points }) => new Map(points.map((point) => [data.x.place(data.at(point)), point])),
  );
  const xs = [...new Set(places.flatMap((of) => [...of.keys()]))].sort((a, b) => a - b);
  const columns = places.map((of) =>
    xs.map((x) => {
      const point = of.get(x);
      return point ? data.y.place(point.value) : null;
    }),
  );
  const axis = axisStyle(theme);
  const scale = { time: false, range: (): [number, number] => [-MARGIN, 1 + MARGIN] };
  const ticks = (of: ChartData['x']) => ({
    splits: () => of.ticks.map(of.place),
    values: () => of.ticks.map(formatNumber),
    filter: (_: uPlot, splits: number[]) => splits,
  });
  return {
    rows: [xs, ...columns],
    options: {
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: { x: scale, y: scale },
      axes: [
        { ...axis, label: data.xTitle, size: 30, ...ticks(data.x) },
        { ...axis, label: data.yTitle, size: 56, ...ticks(data.y) },
      ],
      series: [
        {},
        ...drawn.map(({ method, label }): uPlot.Series => {
          const color = colorOf(method, theme);
          return {
            label,
            stroke: color,
            width: strokeWidth(method),
            dash: [...DASHES[method]],
            points: { size: 6, stroke: color, fill: theme.background, width: 1.5 },
            spanGaps: true,
          };
        }),
      ],
    },
  };
}

/** The point nearest to the pointer; undefined if none is near. */
function pointUnder(plot: uPlot, data: ChartData): { series: ChartSeries; point: MetricPoint } | undefined {
  const { left = -1, top = -1 } = plot.cursor;
  if (left < 0) return undefined;
  let nearest: { series: ChartSeries; point: MetricPoint } | undefined;
  let least = REACH;
  for (const series of data.series) {
    for (const point of series.points) {
      const x = plot.valToPos(data.x.place(data.at(point)), 'x');
      const y = plot.valToPos(data.y.place(point.value), 'y');
      const distance = Math.hypot(x - left, y - top);
      if (distance < least) [nearest, least] = [{ series, point }, distance];
    }
  }
  return nearest;
}

function pointText(series: ChartSeries, { steps, seconds, value }: MetricPoint, metric: Metric): string {
  const measured = formatMetric(metric, value);
  return steps === 0
    ? l10n.t('{0} before training: {1}', series.label, measured)
    : l10n.t(
        '{0} after {1} steps, {2}: {3}',
        series.label,
        formatCount(steps),
        formatDuration(seconds),
        measured,
      );
}

/** Quality while training from every start. The legend shows and hides curves. */
export function QualityChart(props: {
  data: ChartData;
  metric: Metric;
  /** All methods that can be shown. */
  methods: readonly Method[];
  hidden: readonly Method[];
  onHidden: (hidden: Method[]) => void;
}): JSX.Element {
  const { data, metric } = props;
  const id = useId();
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const theme = useTheme();
  const [under, setUnder] = useState<string>();
  useLayoutEffect(() => {
    if (width === 0) return;
    const { options, rows } = plotOf(data, theme);
    const describe = (plot: uPlot) => {
      const found = pointUnder(plot, data);
      setUnder(found && pointText(found.series, found.point, metric));
    };
    const plot = new uPlot(
      { ...options, width, height: HEIGHT, hooks: { setCursor: [describe] } },
      rows,
      holder.current!,
    );
    return () => plot.destroy();
  }, [width, theme, data, metric]);
  const ends = data.series
    .flatMap(({ label, points }) => {
      const end = points.at(-1);
      return end ? [`${label} ${formatMetric(metric, end.value)}`] : [];
    })
    .join(', ');
  return (
    <figure class="chart" aria-labelledby={id}>
      <h3 id={id} class="chart-title">
        {data.title} <span class="muted">{data.subtitle}</span>
      </h3>
      <SeriesToggles methods={props.methods} hidden={props.hidden} onHidden={props.onHidden} />
      <div
        class="curve"
        ref={holder}
        role="img"
        aria-label={`${data.title}. ${data.xTitle}. ${l10n.t('At the end: {0}.', ends)}`}
      />
      <p class="read-out">{under ?? l10n.t('Point at a curve to read its values.')}</p>
      {data.series.length === 0 && (
        <p class="muted">{l10n.t('All starts are hidden: select one in the legend.')}</p>
      )}
      {data.incomplete && <p class="muted">{l10n.t('Values that are not finite are omitted.')}</p>}
      <DataTable
        caption={data.title}
        columns={[l10n.t('Start'), l10n.t('Step'), l10n.t('Seconds'), data.yTitle]}
        rows={() =>
          data.series.flatMap(({ label, points }) =>
            points.map(({ steps, seconds, value }) => [
              label,
              steps,
              Number(seconds.toFixed(2)),
              formatMetric(metric, value),
            ]),
          )
        }
      />
    </figure>
  );
}
