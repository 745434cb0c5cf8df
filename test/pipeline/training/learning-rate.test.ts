import { describe, expect, test } from 'vitest';
import {
  type LearningRateSchedule,
  learningRateFactor,
} from '../../../src/pipeline/training/learning-rate.ts';

const factors = (schedule: LearningRateSchedule['schedule'], warmup: number, steps: number) =>
  Array.from({ length: steps }, (_, step) => learningRateFactor({ schedule, warmup }, step, steps));

test('constant stays', () => {
  expect(factors('constant', 0, 4)).toEqual([1, 1, 1, 1]);
});

describe('linear', () => {
  test('stays for the first half and falls to one part of the second', () => {
    expect(factors('linear', 0, 8)).toEqual([1, 1, 1, 1, 1, 0.75, 0.5, 0.25]);
  });

  test('has the longer half fall where the steps are odd', () => {
    expect(factors('linear', 0, 5)).toEqual([1, 1, 1, expect.closeTo(2 / 3, 12), expect.closeTo(1 / 3, 12)]);
  });
});

describe('cosine', () => {
  test('begins at 1, is half way down in the middle, and would reach 0 after the last step', () => {
    const values = factors('cosine', 0, 100);
    expect(values[0]).toBe(1);
    expect(values[25]).toBeCloseTo(0.5 + Math.SQRT1_2 / 2, 12);
    expect(values[50]).toBeCloseTo(0.5, 12);
    expect(values[99]).toBeCloseTo(0.5 * (1 - Math.cos(Math.PI / 100)), 12);
    expect(learningRateFactor({ schedule: 'cosine', warmup: 0 }, 100, 100)).toBe(0);
  });
});

describe('warm-up', () => {
  test('rises in equal parts and is over after its steps', () => {
    expect(factors('constant', 3, 6)).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
  });

  test('multiplies what the schedule says meanwhile', () => {
    expect(factors('cosine', 1, 2)).toEqual([0.5, expect.closeTo(0.5, 12)]);
  });
});

test.each(['constant', 'linear', 'cosine'] as const)(
  '%s trains at the full rate for a single step',
  (schedule) => {
    expect(factors(schedule, 0, 1)).toEqual([1]);
  },
);

test.each(['linear', 'cosine'] as const)('%s never rises and never reaches 0 while it trains', (schedule) => {
  const values = factors(schedule, 0, 37);
  expect(values).toEqual([...values].sort((a, b) => b - a));
  expect(Math.min(...values)).toBeGreaterThan(0);
});
