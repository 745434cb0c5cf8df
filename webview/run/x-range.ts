import type { Curve } from '../charts/curve-chart.tsx';
import type { XRange } from '../charts/plotted.ts';

/** The range from the first to the last x of all curves; undefined if it is empty or a single point. */
export function extentOf(curves: readonly Curve[]): XRange | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { x } of curves) {
    // Not only the first and last point: after a resume, steps are repeated.
    for (let i = 0; i < x.length; i++) {
      const value = x[i]!;
      if (value < from) from = value;
      if (value > to) to = value;
    }
  }
  return to > from ? { from, to } : undefined;
}

/** A range scaled in width around the same center, within the extent. */
export function zoomed({ from, to }: XRange, factor: number, extent: XRange): XRange {
  const width = Math.min((to - from) * factor, extent.to - extent.from);
  const middle = (from + to) / 2;
  return within({ from: middle - width / 2, to: middle + width / 2 }, extent);
}

/** A range shifted by a share of its width, within the extent. */
export function moved({ from, to }: XRange, share: number, extent: XRange): XRange {
  const way = (to - from) * share;
  return within({ from: from + way, to: to + way }, extent);
}

/** The range moved into the extent, and cut if it is wider. */
function within({ from, to }: XRange, extent: XRange): XRange {
  const width = Math.min(to - from, extent.to - extent.from);
  const start = Math.min(Math.max(from, extent.from), extent.to - width);
  return { from: start, to: start + width };
}
