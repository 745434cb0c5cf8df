import type uPlot from 'uplot';
import { ascending, decimate, joined, type Points } from './decimate.ts';
import { smooth } from './smooth.ts';

/** First and last x of the shown range. */
export interface XRange {
  from: number;
  to: number;
}

/** Curves as read and drawn, before they are reduced to what is visible. */
export interface Prepared {
  /** The complete curves, for reading values. */
  raw: Points[];
  /** Their moving averages; empty without smoothing. */
  smoothed: Points[];
  /** Range of all x; undefined if no curve has a point. */
  extent: XRange | undefined;
  /** Whether some values have no logarithm. */
  unplottable: boolean;
}

function hasLogarithms({ y }: Points): boolean {
  // Loops instead of `every`, here and below: a call for each of several 100,000 values is noticeably slow.
  for (let i = 0; i < y.length; i++) if (y[i]! <= 0) return false;
  return true;
}

/** The points with gaps in place of values at or below zero, which have no logarithm. */
function positive({ x, y }: Points): Points {
  const out = y.slice();
  for (let i = 0; i < out.length; i++) if (out[i]! <= 0) out[i] = Number.NaN;
  return { x, y: out };
}

interface PreparedCurve {
  raw: Points;
  smoothed: Points | undefined;
  unplottable: boolean;
}

/** Prepared curves by their values: of six long runs, most have not changed when one more step is drawn. */
const preparedCurves = new WeakMap<Float64Array, { key: string; x: Float64Array; curve: PreparedCurve }>();

function prepareCurve({ x, y }: Points, smoothing: number, logarithmic: boolean): PreparedCurve {
  const key = `${smoothing} ${logarithmic}`;
  const known = preparedCurves.get(y);
  if (known?.key === key && known.x === x) return known.curve;
  const whole = ascending({ x, y });
  const unplottable = logarithmic && !hasLogarithms(whole);
  const raw = unplottable ? positive(whole) : whole;
  const smoothed = smoothing > 0 ? { x: raw.x, y: smooth(raw.y, smoothing) } : undefined;
  const curve = { raw, smoothed, unplottable };
  preparedCurves.set(y, { key, x, curve });
  return curve;
}

/**
 * Prepares curves for drawing.
 * @param smoothing weight of the moving average, 0 for none
 */
export function prepare(curves: readonly Points[], smoothing: number, logarithmic: boolean): Prepared {
  const prepared = curves.map((curve) => prepareCurve(curve, smoothing, logarithmic));
  const raw = prepared.map((curve) => curve.raw);
  const ends = raw.filter(({ x }) => x.length > 0);
  return {
    raw,
    smoothed: prepared.flatMap(({ smoothed }) => smoothed ?? []),
    extent:
      ends.length === 0
        ? undefined
        : {
            from: Math.min(...ends.map(({ x }) => x[0]!)),
            to: Math.max(...ends.map(({ x }) => x.at(-1)!)),
          },
    unplottable: prepared.some(({ unplottable }) => unplottable),
  };
}

/** The values with null for those that are not finite, since uPlot draws gaps at null. */
const nullable = (column: Float64Array) => Array.from(column, (v) => (Number.isFinite(v) ? v : null));

/** uPlot's data between two values of x for a number of pixel columns: raw curves, then moving averages. */
export function plotted({ raw, smoothed }: Prepared, range: XRange, columns: number): uPlot.AlignedData {
  const { x, ys } = joined(
    [...raw, ...smoothed].map((points) => decimate(points, range.from, range.to, columns)),
  );
  return [Array.from(x), ...ys.map(nullable)];
}

const TABLE_ROWS = 200;

/** At most about TABLE_ROWS rows of the longest curve, evenly spaced, always with the last point of each curve. */
export function tableColumns(curves: readonly Points[]): { x: Float64Array; ys: Float64Array[] } {
  const whole = curves.map(ascending);
  const stride = Math.max(1, Math.ceil(Math.max(0, ...whole.map(({ x }) => x.length)) / TABLE_ROWS));
  const keep = (values: Float64Array) =>
    values.filter((_, index) => index % stride === 0 || index === values.length - 1);
  return joined(whole.map(({ x, y }) => ({ x: keep(x), y: keep(y) })));
}
