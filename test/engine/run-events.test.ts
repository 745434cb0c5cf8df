import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Clock } from '../../src/engine/progress-throttle.ts';
import { RunEvents } from '../../src/engine/run-events.ts';
import type { RunEvent } from '../../src/protocol/events.ts';
import { temporaryFolder } from '../temporary-folders.ts';

test('progress tells the memory of the process, at most every two seconds', () => {
  let now = 0;
  const clock: Clock = { now: () => now, after: () => () => {} };
  const folder = temporaryFolder();
  const events = new RunEvents(folder, [], () => {}, clock);
  for (let done = 1; done <= 50; done++) {
    events.emit({ type: 'progress', message: 'training', done, total: 100, unit: 'steps' });
    now += 100;
  }
  events.close();
  const written = readFileSync(join(folder, 'events.jsonl'), 'utf8').trim().split('\n');
  const told = written
    .map((line) => JSON.parse(line) as RunEvent)
    .flatMap((event) =>
      event.type === 'progress' && event.memory ? [{ ...event.memory, done: event.done }] : [],
    );
  expect(told.map(({ done }) => done)).toEqual([1, 21, 41]);
  for (const { resident, peak } of told) {
    // A Node.js process: tens of MiB at least, and in bytes, not in kibibytes.
    expect(resident).toBeGreaterThan(2 ** 24);
    expect(resident).toBeLessThan(2 ** 36);
    expect(peak).toBeGreaterThanOrEqual(resident);
  }
});
