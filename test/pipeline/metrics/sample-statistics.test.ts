import { describe, expect, test } from 'vitest';
import { evenlyChosen, median, quantile } from '../../../src/pipeline/metrics/sample-statistics.ts';

describe('quantiles', () => {
  // numpy.quantile([7, 15, 36, 39, 40, 41, 2, 88, 3], p, method='weibull')
  test.each([
    [0.1, 2],
    [0.25, 5],
    [0.5, 36],
    [0.62, 39.2],
    [0.9, 88],
  ])('at %f are those of numpy', (p, expected) => {
    expect(quantile([7, 15, 36, 39, 40, 41, 2, 88, 3], p)).toBeCloseTo(expected, 10);
  });

  test('end at the ends of the sample', () => {
    expect([0, 0.01, 0.99, 1].map((p) => quantile([3, 1, 2], p))).toEqual([1, 1, 3, 3]);
    expect(quantile([5], 0.3)).toBe(5);
  });

  test('have the mean of the middle two as median', () => {
    expect(median([4, 1, 3, 10])).toBe(3.5);
  });

  test('of nothing are refused', () => {
    expect(() => quantile([], 0.5)).toThrow(/no values/);
  });
});

test('chosen evenly are all items where they are few, else a spread of them', () => {
  expect(evenlyChosen(['a', 'b'], 3)).toEqual(['a', 'b']);
  expect(evenlyChosen([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 2, 5, 7]);
});
