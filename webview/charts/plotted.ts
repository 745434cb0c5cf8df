import type uPlot from 'uplot';
import { ascending, decimate, joined, type Points } from './decimate.ts';
import { smooth } from './smooth.ts';

/** First and last x that are shown. */
export interface XRange {
  from: number;
  to: number;
}

/** Curves as they are read and drawn, before they are cut to what can be seen. */
export interface Prepared {
  /** Whole, for reading values. */
  raw: Points[];
  /** Their moving averages; empty where there is no smoothing. */
  smoothed: Points[];
  /** Undefined where no curve has a point. */
  extent: XRange | undefined;
  /** Some values have no logarithm. */
  unplottable: boolean;
}

/** Values at or below zero have no logarithm: they become gaps. */
function positive({ x, y }: Points): Points {
  return { x, y: y.map((value) => (value > 0 ? value : Number.NaN)) };
}

/** @param smoothing weight of the moving average, 0 for none */
export function prepare(curves: readonly Points[], smoothing: number, logarithmic: boolean): Prepared {
  const raw = curves.map(ascending);
  const unplottable = logarithmic && raw.some(({ y }) => y.some((value) => value <= 0));
  const drawn = unplottable ? raw.map(positive) : raw;
  const ends = raw.filter(({ x }) => x.length > 0);
  return {
    raw: drawn,
    smoothed: smoothing > 0 ? drawn.map(({ x, y }) => ({ x, y: smooth(y, smoothing) })) : [],
    extent:
      ends.length === 0
        ? undefined
        : {
            from: Math.min(...ends.map(({ x }) => x[0]!)),
            to: Math.max(...ends.map(({ x }) => x.at(-1)!)),
          },
    unplottable,
  };
}

/** uPlot draws gaps at null. */
const nullable = (column: Float64Array) => Array.from(column, (v) => (Number.isFinite(v) ? v : null));

/** What uPlot draws between two x in so many pixel columns: raw curves, then moving averages. */
export function plotted({ raw, smoothed }: Prepared, range: XRange, columns: number): uPlot.AlignedData {
  const { x, ys } = joined(
    [...raw, ...smoothed].map((points) => decimate(points, range.from, range.to, columns)),
  );
  return [Array.from(x), ...ys.map(nullable)];
}

const TABLE_ROWS = 200;

/** At most about TABLE_ROWS rows of the longest curve, evenly spaced, the last of each always among them. */
export function tableColumns(curves: readonly Points[]): { x: Float64Array; ys: Float64Array[] } {
  const whole = curves.map(ascending);
  const stride = Math.max(1, Math.ceil(Math.max(0, ...whole.map(({ x }) => x.length)) / TABLE_ROWS));
  const keep = (values: Float64Array) =>
    values.filter((_, index) => index % stride === 0 || index === values.length - 1);
  return joined(whole.map(({ x, y }) => ({ x: keep(x), y: keep(y) })));
}
