import { expect, test } from 'vitest';
import { measuringPoints } from '../../../src/pipeline/training/measuring-points.ts';

test('a curve is measured at the start, ever more sparsely, and at the end', () => {
  expect(measuringPoints(0)).toEqual([0]);
  expect(measuringPoints(5)).toEqual([0, 5]);
  expect(measuringPoints(120)).toEqual([0, 5, 10, 25, 50, 100, 120]);
  expect(measuringPoints(3000)).toEqual([
    0, 5, 10, 25, 50, 100, 150, 200, 300, 400, 600, 800, 1000, 1500, 2300, 3000,
  ]);
});
