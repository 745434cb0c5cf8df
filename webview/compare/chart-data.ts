import * as l10n from '@vscode/l10n';
import type { Method, SavedComparison } from '../../src/protocol/comparison.ts';
import { type Axis, linearAxis, logarithmicAxis, logarithmicAxisFromZero } from './axis.ts';
import { methodName } from './method-name.ts';
import { METRICS, type Metric, type MetricPoint, metricLabel, metricTitle, pointsOf } from './metrics.ts';

export type XAxis = 'seconds' | 'steps';

export interface ChartSettings {
  metric: Metric;
  xAxis: XAxis;
  /** Whether the x axis is logarithmic. */
  logarithmic: boolean;
  hidden: readonly Method[];
}

export interface ChartSeries {
  method: Method;
  label: string;
  points: MetricPoint[];
}

/** Everything that a drawing of the curves needs, except colors. */
export interface ChartData {
  title: string;
  subtitle: string;
  xTitle: string;
  yTitle: string;
  x: Axis;
  y: Axis;
  /** Value of a point on the x axis. */
  at: (point: MetricPoint) => number;
  /** The visible series, in the order in which they are reported. */
  series: ChartSeries[];
  /** Whether some values were not finite. */
  incomplete: boolean;
}

const X_TICKS = 8;
const Y_TICKS = 6;

export function chartData(comparison: SavedComparison, settings: ChartSettings): ChartData {
  const { metric, xAxis, logarithmic } = settings;
  const shown = comparison.curves.filter(({ method }) => !settings.hidden.includes(method));
  const series = shown.map((curve) => ({
    method: curve.method,
    label: methodName(curve.method),
    points: pointsOf(curve, metric),
  }));
  const at = (point: MetricPoint) => point[xAxis];
  const points = series.flatMap((one) => one.points);
  return {
    title: l10n.t('{0} of {1} while training from each start', metricLabel(metric), comparison.concept),
    subtitle: l10n.t('{images} held-out images of {size} × {size} pixels, {device}, seed {seed}', {
      images: comparison.images,
      size: comparison.size,
      device: comparison.device,
      seed: comparison.seed,
    }),
    xTitle: xTitle(xAxis, logarithmic),
    yTitle: metricTitle(metric),
    x: xAxisOf(points.map(at), logarithmic),
    y: yAxisOf(
      points.map(({ value }) => value),
      metric,
    ),
    at,
    series,
    incomplete: shown.some((curve) =>
      metric === 'fid' || metric === 'kid'
        ? curve.distances && pointsOf(curve, metric).length < Math.min(2, curve.points.length)
        : pointsOf(curve, metric).length < curve.points.length,
    ),
  };
}

function xTitle(xAxis: XAxis, logarithmic: boolean): string {
  if (xAxis === 'seconds')
    return logarithmic ? l10n.t('Training time, seconds (logarithmic)') : l10n.t('Training time, seconds');
  return logarithmic ? l10n.t('Training steps (logarithmic)') : l10n.t('Training steps');
}

/** The x axis, always from 0, where the starts lie. */
function xAxisOf(values: readonly number[], logarithmic: boolean): Axis {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return linearAxis(0, 1, X_TICKS, false);
  const max = Math.max(...positive);
  return logarithmic
    ? logarithmicAxisFromZero(Math.min(...positive), max)
    : linearAxis(0, max, X_TICKS, false);
}

function yAxisOf(values: readonly number[], metric: Metric): Axis {
  if (values.length === 0) return linearAxis(0, 1, Y_TICKS, true);
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return METRICS[metric].logarithmic && min > 0
    ? logarithmicAxis(min, max)
    : linearAxis(min, max, Y_TICKS, true);
}
