import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascending, decimate, joined, type Points, valueNear } from '../../webview/charts/decimate.ts';
import { plotted, prepare, tableColumns } from '../../webview/charts/plotted.ts';

const points = (pairs: readonly (readonly [number, number])[]): Points => ({
  x: Float64Array.from(pairs, ([x]) => x),
  y: Float64Array.from(pairs, ([, y]) => y),
});
const pairs = ({ x, y }: Points) => Array.from(x, (value, index) => [value, y[index]]);

/** One point a step, with a spike that lasts one step. */
function longCurve(count: number, spike: number): Points {
  const x = Float64Array.from({ length: count }, (_, i) => i);
  return { x, y: x.map((i) => (i === spike ? 99 : Math.sin(i / 500))) };
}

describe('decimate', () => {
  it('keeps a single spike among 100,000 points, wherever it is and whatever the width', () => {
    const anywhere = fc.integer({ min: 0, max: 99_999 });
    fc.assert(
      fc.property(anywhere, fc.integer({ min: 100, max: 1500 }), (spike, columns) => {
        const kept = decimate(longCurve(100_000, spike), 0, 99_999, columns);
        expect(kept.x.length).toBeLessThanOrEqual(2 * columns);
        const place = kept.y.indexOf(99);
        expect(place).toBeGreaterThanOrEqual(0);
        expect(Math.abs(kept.x[place]! - spike)).toBeLessThanOrEqual(99_999 / columns);
      }),
      { numRuns: 60 },
    );
  });

  it('gives ascending x, and in each column the least and the greatest value', () => {
    const values = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 50, maxLength: 400 });
    fc.assert(
      fc.property(values, fc.integer({ min: 3, max: 12 }), (y, columns) => {
        const curve = points(y.map((value, i) => [i, value]));
        const to = y.length - 1;
        const kept = decimate(curve, 0, to, columns);
        expect(Array.from(kept.x)).toEqual([...kept.x].sort((a, b) => a - b));
        const column = (x: number) => Math.min(columns - 1, Math.floor((x * columns) / to));
        for (let c = 0; c < columns; c++) {
          const inside = y.filter((_, i) => column(i) === c);
          const drawn = Array.from(kept.y).filter((_, i) => column(kept.x[i]!) === c);
          expect(new Set(drawn)).toEqual(new Set([Math.min(...inside), Math.max(...inside)]));
        }
      }),
      // On the border of two columns, which rounding once put into the wrong one.
      { examples: [[new Array(76).fill(0).with(50, -1), 9]] },
    );
  });

  it('leaves few points as they are, with one on either side of the range', () => {
    const curve = points([
      [0, 5],
      [10, 6],
      [20, 7],
      [30, 8],
      [40, 9],
    ]);
    expect(pairs(decimate(curve, 15, 25, 100))).toEqual([
      [10, 6],
      [20, 7],
      [30, 8],
    ]);
  });

  it('keeps the neighbours of a range that is thinned out', () => {
    const { x } = decimate(longCurve(100_000, 5), 40_000, 60_000, 100);
    expect([x[0], x.at(-1)]).toEqual([39_999, 60_001]);
  });

  it('puts curves with the same range on the same x', () => {
    const one = decimate(longCurve(50_000, 3), 0, 99_999, 400);
    const other = decimate(longCurve(100_000, 77_777), 0, 99_999, 400);
    expect(joined([one, other]).x.length).toBeLessThanOrEqual(2 * 400 + 2);
  });

  it('goes over gaps', () => {
    const curve = longCurve(1000, 500);
    curve.y.fill(Number.NaN, 0, 400);
    const kept = decimate(curve, 0, 999, 20);
    expect(kept.y.every(Number.isFinite)).toBe(true);
    expect(kept.x[0]).toBeGreaterThan(390);
  });
});

describe('ascending', () => {
  it('lets the later value count where a resumed run repeats its steps', () => {
    const resumed = points([
      [1, 0.9],
      [2, 0.8],
      [3, 0.7],
      [2, 0.6],
      [3, 0.5],
      [4, 0.4],
    ]);
    expect(pairs(ascending(resumed))).toEqual([
      [1, 0.9],
      [2, 0.6],
      [3, 0.5],
      [4, 0.4],
    ]);
  });

  it('leaves out points without x', () => {
    const untimed = points([
      [Number.NaN, 1],
      [2, 2],
    ]);
    expect(pairs(ascending(untimed))).toEqual([[2, 2]]);
  });
});

it('reads the nearest point, and nothing beyond the ends of a curve', () => {
  const curve = points([
    [10, 1],
    [20, 2],
    [40, 3],
  ]);
  expect([9, 10, 14, 16, 29, 31, 40, 41].map((at) => valueNear(curve, at))).toEqual([
    undefined,
    1,
    1,
    2,
    2,
    3,
    3,
    undefined,
  ]);
});

describe('what is plotted', () => {
  it('joins runs of different steps over all their steps, with gaps', () => {
    const curves = [
      points([
        [0, 1],
        [10, 2],
      ]),
      points([
        [0, 3],
        [5, 4],
      ]),
    ];
    expect(plotted(prepare(curves, 0, false), { from: 0, to: 10 }, 100)).toEqual([
      [0, 5, 10],
      [1, null, 2],
      [3, 4, null],
    ]);
  });

  it('leaves a gap where a value has no logarithm, and says so', () => {
    const prepared = prepare(
      [
        points([
          [0, 1],
          [1, 0],
          [2, 3],
        ]),
      ],
      0,
      true,
    );
    expect(prepared.unplottable).toBe(true);
    expect(plotted(prepared, { from: 0, to: 2 }, 100)[1]).toEqual([1, null, 3]);
  });

  it('has a table of some hundreds of rows, with the last point of every curve', () => {
    const { x, ys } = tableColumns([longCurve(100_000, 1), longCurve(70_001, 1)]);
    expect(x.length).toBeLessThan(300);
    expect(ys[0]![x.indexOf(99_999)]).toBeCloseTo(Math.sin(99_999 / 500));
    expect(ys[1]![x.indexOf(70_000)]).toBeCloseTo(Math.sin(70_000 / 500));
  });
});
