import { describe, expect, it } from 'vitest';
import type { TestEvent } from '../../scripts/test/events.mjs';
import { inWords, Progress } from '../../scripts/test/progress.mjs';

/** So many passed tests of a file, without its end. */
function passed(file: string, count: number): TestEvent[] {
  return Array.from({ length: count }, (_, n) => ({ type: 'passed', file, title: `test ${n}`, ms: 1 }));
}

function fed(progress: Progress, now: number, ...events: TestEvent[]): Progress {
  for (const event of events) progress.add(event, now);
  return progress;
}

const MEMORY = {
  seconds: 100,
  files: { 'a.test.ts': { tests: 10, ms: 90_000 }, 'b.test.ts': { tests: 1990, ms: 30_000 } },
};

describe('the line of progress', () => {
  it('counts files where no run is remembered, and says what is left by their share', () => {
    const progress = fed(new Progress('unit', undefined, 0), 0, { type: 'planned', files: 4 });
    expect(progress.line(1000)).toBe('unit: 0 tests, 0 of 4 files, 1 s so far');
    fed(progress, 20_000, ...passed('a.test.ts', 7), { type: 'closed', file: 'a.test.ts' });
    expect(progress.line(20_000)).toBe('unit: 7 tests, 1 of 4 files, 20 s so far, about 1 min left');
  });

  it('counts tests where the suite knows how many there are', () => {
    const progress = fed(new Progress('host', undefined, 0), 30_000, { type: 'planned', tests: 20 });
    fed(progress, 30_000, ...passed('a.test.ts', 5));
    expect(progress.line(30_000)).toBe('host: 5 of 20 tests, 30 s so far, about 1 min 30 s left');
  });

  it('expects what the last run had, and weighs its files by the time they took', () => {
    const progress = fed(new Progress('unit', MEMORY, 0), 0, { type: 'planned', files: 2 });
    expect(progress.line(0)).toBe('unit: 0 of 2,000 tests, 0 s so far, about 1 min 40 s left');
    // Few tests, but three quarters of the work, in three quarters of the time.
    fed(progress, 75_000, ...passed('a.test.ts', 10), { type: 'closed', file: 'a.test.ts' });
    expect(progress.line(75_000)).toBe('unit: 10 of 2,000 tests, 1 min 15 s so far, about 25 s left');
  });

  it('takes a machine that is slower than last time for what it is', () => {
    const progress = fed(new Progress('unit', MEMORY, 0), 300_000, ...passed('a.test.ts', 10));
    fed(progress, 300_000, { type: 'closed', file: 'a.test.ts' });
    expect(progress.left(300_000)).toBeGreaterThan(75_000);
    expect(progress.left(300_000)).toBeLessThanOrEqual(100_000);
  });

  it('tells at once that tests failed', () => {
    const failed: TestEvent = { type: 'failed', file: 'a.test.ts', title: 'one', error: 'Error' };
    const progress = fed(new Progress('unit', undefined, 0), 0, { type: 'planned', files: 2 }, failed);
    expect(progress.line(0)).toBe('unit: 1 tests, 0 of 2 files, 1 failed, 0 s so far');
  });
});

describe('what runs', () => {
  const opened: TestEvent = { type: 'opened', file: 'a.test.ts' };
  const started: TestEvent = { type: 'started', file: 'a.test.ts', title: 'group > one' };

  it('is a file before its first test', () => {
    expect(fed(new Progress('unit', undefined, 0), 0, opened).running(61_000)).toEqual([
      'a.test.ts, before its first test (for 1 min 1 s)',
    ]);
  });

  it('is a test from its beginning to its result', () => {
    const progress = fed(new Progress('unit', undefined, 0), 1000, opened, started);
    expect(progress.running(3000)).toEqual(['a.test.ts > group > one (for 2 s)']);
    fed(progress, 4000, { type: 'passed', file: 'a.test.ts', title: 'group > one', ms: 3000 });
    expect(progress.running(5000)).toEqual(['a.test.ts, after 1 tests']);
    fed(progress, 6000, { type: 'closed', file: 'a.test.ts' });
    expect(progress.running(6000)).toEqual([]);
  });
});

it('hears nothing from a suite since its last event', () => {
  const progress = new Progress('unit', undefined, 1000);
  expect(progress.silence(5000)).toBe(4000);
  fed(progress, 5000, { type: 'opened', file: 'a.test.ts' });
  expect(progress.silence(6000)).toBe(1000);
});

it.each([
  [400, '0 s'],
  [45_000, '45 s'],
  [130_000, '2 min 10 s'],
  [180_000, '3 min'],
  [755_000, '13 min'],
])('says %i ms in words', (milliseconds, words) => {
  expect(inWords(milliseconds)).toBe(words);
});
