/** Points of one curve, with ascending x; y may be NaN. */
export interface Points {
  x: Float64Array;
  y: Float64Array;
}

function isAscending(x: Float64Array): boolean {
  let previous = Number.NEGATIVE_INFINITY;
  // A loop instead of `every`, which would call a function 100,000 times per curve and update. No comparison holds for
  // NaN.
  for (let i = 0; i < x.length; i++) {
    if (!(x[i]! > previous)) return false;
    previous = x[i]!;
  }
  return true;
}

/**
 * Points sorted by x. If several have the same x, the last one counts: after a resume, steps since the last checkpoint
 * are repeated. Points without x are omitted.
 */
export function ascending(points: Points): Points {
  if (isAscending(points.x)) return points;
  const last = new Map<number, number>();
  points.x.forEach((x, index) => {
    if (!Number.isNaN(x)) last.set(x, index);
  });
  const order = [...last].sort(([a], [b]) => a - b);
  return {
    x: Float64Array.from(order, ([x]) => x),
    y: Float64Array.from(order, ([, index]) => points.y[index]!),
  };
}

/** Index of the first x that is at least `value`; the length if there is none. */
function firstNotBelow(x: Float64Array, value: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Value of the point nearest to `at`; undefined if `at` lies outside the curve. */
export function valueNear({ x, y }: Points, at: number): number | undefined {
  if (x.length === 0 || at < x[0]! || at > x[x.length - 1]!) return undefined;
  const after = firstNotBelow(x, at);
  const index = after > 0 && at - x[after - 1]! < x[after]! - at ? after - 1 : after;
  return y[index];
}

/**
 * The visible part of a curve between two values of x, for a number of pixel columns. If there are more than two points
 * per column, the minimum and maximum of each column are kept, in their order, so that no spike is lost. They are moved
 * to two positions within the column, less than a pixel away, which are the same for every curve: curves drawn together
 * then share their x. One point outside each end is kept so that the line leaves the chart.
 */
export function decimate({ x, y }: Points, from: number, to: number, columns: number): Points {
  const first = Math.max(0, firstNotBelow(x, from) - 1);
  let end = firstNotBelow(x, to);
  // Points exactly at the end, and one after it.
  end = Math.min(x.length, end + (x[end] === to ? 2 : 1));
  if (end - first <= 2 * columns || !(to > from))
    return { x: x.subarray(first, end), y: y.subarray(first, end) };
  const xs: number[] = [];
  const ys: number[] = [];
  const width = (to - from) / columns;
  // Divides last, so that rounding does not move a point on the border of two columns into the wrong one.
  const border = (column: number) => from + (column * (to - from)) / columns;
  let i = first;
  if (x[i]! < from) {
    xs.push(x[i]!);
    ys.push(y[i]!);
    i++;
  }
  for (let column = 0; column < columns && i < end; column++) {
    const left = border(column);
    const right = border(column + 1);
    let least = -1;
    let greatest = -1;
    for (; i < end && (x[i]! < right || (column === columns - 1 && x[i]! <= to)); i++) {
      const value = y[i]!;
      if (Number.isNaN(value)) continue;
      if (least < 0 || value < y[least]!) least = i;
      if (greatest < 0 || value > y[greatest]!) greatest = i;
    }
    if (least < 0) continue;
    xs.push(left + width / 4);
    ys.push(y[Math.min(least, greatest)]!);
    if (least === greatest) continue;
    xs.push(left + (3 * width) / 4);
    ys.push(y[Math.max(least, greatest)]!);
  }
  for (; i < end; i++) {
    xs.push(x[i]!);
    ys.push(y[i]!);
  }
  return { x: Float64Array.from(xs), y: Float64Array.from(ys) };
}

/** Curves over the union of their x, ascending; NaN where a curve has no point. */
export function joined(curves: readonly Points[]): { x: Float64Array; ys: Float64Array[] } {
  const [first, ...others] = curves;
  const shared = first !== undefined && others.every(({ x }) => sameValues(x, first.x));
  if (shared) return { x: first.x, ys: curves.map(({ y }) => y) };
  const x = Float64Array.from(new Set(curves.flatMap((curve) => Array.from(curve.x)))).sort();
  const ys = curves.map((curve) => {
    const column = new Float64Array(x.length).fill(Number.NaN);
    let place = 0;
    curve.x.forEach((value, index) => {
      while (x[place]! < value) place++;
      column[place] = curve.y[index]!;
    });
    return column;
  });
  return { x, ys };
}

function sameValues(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((value, index) => value === b[index]));
}
