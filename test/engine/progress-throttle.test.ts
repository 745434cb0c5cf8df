import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Clock, type NewProgressEvent, ProgressThrottle } from '../../src/engine/progress-throttle.ts';

const INTERVAL = 100;

class ManualClock implements Clock {
  #now = 0;
  #timers: { due: number; callback: () => void }[] = [];

  now = () => this.#now;

  after = (milliseconds: number, callback: () => void) => {
    const timer = { due: this.#now + milliseconds, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const next = this.#timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.due;
      next.callback();
    }
    this.#now = end;
  }
}

function progress(done: number, message = 'training'): NewProgressEvent {
  return { type: 'progress', message, done, total: 1000, unit: 'steps' };
}

function throttled() {
  const clock = new ManualClock();
  const passed: { done: number; message: string; time: number }[] = [];
  const throttle = new ProgressThrottle(INTERVAL, clock, ({ done, message }) =>
    passed.push({ done, message, time: clock.now() }),
  );
  return { clock, passed, throttle };
}

test('of many events one in each interval passes, the newest', () => {
  const { clock, passed, throttle } = throttled();
  for (let done = 1; done <= 100; done++) {
    throttle.push(progress(done));
    clock.advance(10);
  }
  const gaps = passed.slice(1).map(({ time }, i) => time - passed[i]!.time);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(INTERVAL);
  expect(passed.length).toBeLessThanOrEqual(11);
});

test('an event that is held back comes out when the interval is over, though no other follows', () => {
  const { clock, passed, throttle } = throttled();
  throttle.push(progress(1));
  throttle.push(progress(2));
  expect(passed.map(({ done }) => done)).toEqual([1]);
  clock.advance(INTERVAL);
  expect(passed.map(({ done }) => done)).toEqual([1, 2]);
});

test('the last event of each message is never dropped, whatever the times', () => {
  const pushes = fc.array(
    fc.record({ wait: fc.integer({ min: 0, max: 150 }), message: fc.constantFrom('a', 'b') }),
  );
  fc.assert(
    fc.property(pushes, (list) => {
      const { clock, passed, throttle } = throttled();
      const last: string[] = [];
      list.forEach(({ wait, message }, i) => {
        clock.advance(wait);
        throttle.push(progress(i, message));
        if (list[i + 1]?.message !== message) last.push(`${message} ${i}`);
      });
      throttle.flush();
      const seen = new Set(passed.map(({ message, done }) => `${message} ${done}`));
      expect(last.filter((event) => !seen.has(event))).toEqual([]);
      const order = passed.map(({ done }) => done);
      expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
    }),
  );
});

test('completion passes at once', () => {
  const { passed, throttle } = throttled();
  throttle.push(progress(1));
  throttle.push(progress(1000));
  expect(passed.map(({ done }) => done)).toEqual([1, 1000]);
});
