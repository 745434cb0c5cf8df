import * as l10n from '@vscode/l10n';
import type {
  SavedComparison,
  SavedCurve,
  SavedDistance,
  SavedQuality,
} from '../../src/protocol/comparison.ts';
import { formatNumber } from '../components/format.ts';

/** A metric that is measured along the training of every start, and for every held-out concept before it. */
export type QualityMetric = keyof SavedQuality;
export type Metric = QualityMetric | keyof SavedDistance;

interface Quantity {
  /** Unit after a value; empty if it has none. */
  unit: string;
  better: 'higher' | 'lower';
  /** Whether the metric spans powers of ten during training. */
  logarithmic: boolean;
  digits?: number;
}

export const METRICS: Record<Metric, Quantity> = {
  psnr: { unit: 'dB', better: 'higher', logarithmic: false, digits: 2 },
  ssim: { unit: '', better: 'higher', logarithmic: false, digits: 3 },
  l1: { unit: '', better: 'lower', logarithmic: true },
  patchFd: { unit: '', better: 'lower', logarithmic: true },
  fid: { unit: '', better: 'lower', logarithmic: true },
  // The estimator is unbiased, so it may be negative.
  kid: { unit: '', better: 'lower', logarithmic: false },
};

export function metricLabel(metric: Metric): string {
  const labels: Record<Metric, string> = {
    psnr: l10n.t('PSNR'),
    ssim: l10n.t('SSIM'),
    l1: l10n.t('L1, values in −1 to 1'),
    patchFd: l10n.t('Patch Fréchet distance'),
    fid: l10n.t('FID'),
    kid: l10n.t('KID'),
  };
  return labels[metric];
}

/** One measured value of a curve. */
export interface MetricPoint {
  steps: number;
  seconds: number;
  value: number;
}

export function isDistance(metric: Metric): metric is keyof SavedDistance {
  return metric === 'fid' || metric === 'kid';
}

/** The metrics that an evaluation has measured. */
export function metricsOf({ curves }: SavedComparison): Metric[] {
  const all = Object.keys(METRICS) as Metric[];
  return all.filter((metric) => !isDistance(metric) || curves.some(({ distances }) => distances));
}

/** A curve's finite values in ascending order of steps. FID and KID are measured only at its start and end. */
export function pointsOf({ points, distances }: SavedCurve, metric: Metric): MetricPoint[] {
  const last = points.length - 1;
  return points.flatMap((point, index) => {
    const { steps, seconds } = point;
    const value = isDistance(metric)
      ? (index === 0 ? distances?.start : index === last ? distances?.end : undefined)?.[metric]
      : point[metric];
    return value === null || value === undefined ? [] : [{ steps, seconds, value }];
  });
}

export function isAsGood(metric: Metric, value: number, goal: number): boolean {
  return METRICS[metric].better === 'higher' ? value >= goal : value <= goal;
}

/** A value with its unit: "27.89 dB"; a dash if it is not finite. */
export function formatMetric(metric: Metric, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const { unit, digits } = METRICS[metric];
  const text = digits === undefined ? formatNumber(value) : value.toFixed(digits).replace('-', '−');
  return unit === '' ? text : `${text} ${unit}`;
}

/** A metric with unit and direction: "PSNR, dB (higher is better)". */
export function metricTitle(metric: Metric): string {
  const { unit, better } = METRICS[metric];
  const quantity = [metricLabel(metric), ...(unit === '' ? [] : [unit])].join(', ');
  return better === 'higher'
    ? l10n.t('{0} (higher is better)', quantity)
    : l10n.t('{0} (lower is better)', quantity);
}
