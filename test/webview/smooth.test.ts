import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smooth } from '../../webview/charts/smooth.ts';

describe('smooth', () => {
  it('is the normalised sum of geometrically weighted values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 30 }),
        fc.double({ min: 0.05, max: 0.99, noNaN: true }),
        (values, weight) => {
          const smoothed = smooth(Float64Array.from(values), weight);
          values.forEach((_, end) => {
            const weights = values.slice(0, end + 1).map((_, i) => weight ** (end - i));
            const total = weights.reduce((a, b) => a + b, 0);
            const mean = weights.reduce((sum, w, i) => sum + w * values[i]!, 0) / total;
            expect(smoothed[end]).toBeCloseTo(mean, 6);
          });
        },
      ),
    );
  });

  it('leaves gaps where they are and does not count them', () => {
    const smoothed = smooth(Float64Array.of(2, Number.NaN, 2), 0.9);
    expect(smoothed[1]).toBeNaN();
    expect(smoothed[2]).toBeCloseTo(2, 12);
  });
});
