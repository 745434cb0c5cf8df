import type { Curve } from '../charts/curve-chart.tsx';
import type { XRange } from '../charts/plotted.ts';

/** Between the first and the last x of all curves; undefined where there are not two of them. */
export function extentOf(curves: readonly Curve[]): XRange | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { x } of curves) {
    // Not the ends alone: after a resume, steps come again.
    for (let i = 0; i < x.length; i++) {
      const value = x[i]!;
      if (value < from) from = value;
      if (value > to) to = value;
    }
  }
  return to > from ? { from, to } : undefined;
}

/** A range of another width around the same middle, within the extent. */
export function zoomed({ from, to }: XRange, factor: number, extent: XRange): XRange {
  const width = Math.min((to - from) * factor, extent.to - extent.from);
  const middle = (from + to) / 2;
  return within({ from: middle - width / 2, to: middle + width / 2 }, extent);
}

/** The range further on by a share of its width, within the extent. */
export function moved({ from, to }: XRange, share: number, extent: XRange): XRange {
  const way = (to - from) * share;
  return within({ from: from + way, to: to + way }, extent);
}

/** Moved into the extent; a range that is wider ends with it. */
function within({ from, to }: XRange, extent: XRange): XRange {
  const width = Math.min(to - from, extent.to - extent.from);
  const start = Math.min(Math.max(from, extent.from), extent.to - width);
  return { from: start, to: start + width };
}
