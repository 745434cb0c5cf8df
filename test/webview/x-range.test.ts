import { describe, expect, it } from 'vitest';
import { extentOf, moved, zoomed } from '../../webview/run/x-range.ts';

const EXTENT = { from: 0, to: 1000 };

describe('the range that charts show', () => {
  it('is halved around its middle, and doubled up to the whole run', () => {
    expect(zoomed(EXTENT, 0.5, EXTENT)).toEqual({ from: 250, to: 750 });
    expect(zoomed({ from: 0, to: 100 }, 2, EXTENT)).toEqual({ from: 0, to: 200 });
    expect(zoomed({ from: 250, to: 850 }, 2, EXTENT)).toEqual(EXTENT);
  });

  it('moves by half its width and stops at the ends of the run', () => {
    expect(moved({ from: 200, to: 400 }, 0.5, EXTENT)).toEqual({ from: 300, to: 500 });
    expect(moved({ from: 900, to: 980 }, 0.5, EXTENT)).toEqual({ from: 920, to: 1000 });
    expect(moved({ from: 10, to: 210 }, -0.5, EXTENT)).toEqual({ from: 0, to: 200 });
  });

  it('spans all curves; a single point spans nothing', () => {
    const curve = (...x: number[]) => ({
      label: 'a',
      style: { color: 0, dash: 0 },
      x: Float64Array.from(x),
      y: Float64Array.from(x),
    });
    expect(extentOf([curve(5, 9, Number.NaN), curve(2, 3)])).toEqual({ from: 2, to: 9 });
    expect(extentOf([curve(5)])).toBeUndefined();
  });
});
