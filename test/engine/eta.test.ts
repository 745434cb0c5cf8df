import { expect, test } from 'vitest';
import { EtaEstimator } from '../../src/engine/eta.ts';

test('nothing is estimated from less than a second of work', () => {
  const eta = new EtaEstimator();
  expect(eta.update(0, 100, 0)).toBeUndefined();
  expect(eta.update(50, 100, 999)).toBeUndefined();
});

test('steady work ends when its rate says', () => {
  const eta = new EtaEstimator();
  for (let second = 0; second < 10; second++) eta.update(second * 4, 100, second * 1000);
  expect(eta.update(40, 100, 10_000)).toBeCloseTo(15, 10);
});

test('work that becomes slower is judged by its last half minute', () => {
  const eta = new EtaEstimator();
  for (let second = 0; second <= 60; second++) eta.update(second * 10, 1200, second * 1000);
  let seconds: number | undefined;
  for (let second = 1; second <= 40; second++) seconds = eta.update(600 + second, 1200, (60 + second) * 1000);
  // 560 steps are left at one a second; the average since the start would say 156 s.
  expect(seconds).toBeCloseTo(560, 6);
});

test('steps that take longer than the window are still compared', () => {
  const eta = new EtaEstimator();
  eta.update(0, 10, 0);
  eta.update(1, 10, 100_000);
  expect(eta.update(2, 10, 200_000)).toBeCloseTo(800, 6);
});

test('a resumed run is not credited with the steps of the process before it', () => {
  const eta = new EtaEstimator();
  eta.update(900, 1000, 0);
  expect(eta.update(910, 1000, 10_000)).toBeCloseTo(90, 10);
});

test('other work begins a new estimate', () => {
  const eta = new EtaEstimator();
  eta.update(0, 100, 0);
  eta.update(100, 100, 5000);
  expect(eta.update(0, 40, 6000)).toBeUndefined();
  expect(eta.update(10, 40, 16_000)).toBeCloseTo(30, 10);
});

test('nothing is left of complete work', () => {
  const eta = new EtaEstimator();
  eta.update(0, 5, 0);
  expect(eta.update(5, 5, 5000)).toBe(0);
});
