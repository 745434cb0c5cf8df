import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, progressLine } from '../../src/engine/progress-line.ts';
import { fitWidth, textWidth } from '../../src/engine/text-width.ts';
import type { ProgressEvent } from '../../src/protocol/events.ts';

function progress(message: string, done: number, total: number, etaSeconds?: number): ProgressEvent {
  const event: ProgressEvent = { time: 0, type: 'progress', message, done, total, unit: 'steps' };
  return etaSeconds === undefined ? event : { ...event, etaSeconds };
}

test('a wide terminal shows message, bar, share, counts and time left', () => {
  expect(progressLine(progress('training the base', 120, 240, 80), 100)).toBe(
    'training the base [============            ]  50 % 120 of 240 steps, 1 min 20 s left',
  );
});

test('no line is wider than its terminal, whatever the script of the message', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.nat(1000),
      fc.nat(1000),
      fc.integer({ min: 0, max: 200 }),
      (message, done, total, columns) => {
        expect(textWidth(progressLine(progress(message, done, total, 5), columns))).toBeLessThanOrEqual(
          columns,
        );
      },
    ),
  );
});

test('wide characters count as two columns and are not cut in half', () => {
  expect(textWidth('雪景')).toBe(4);
  expect(fitWidth('雪景 snow', 4)).toBe('雪…');
  expect(fitWidth('snow', 4)).toBe('snow');
});

test('durations keep the two largest units', () => {
  expect([0, 59.4, 60, 150, 3599.6, 3900, 360_000].map(formatDuration)).toEqual([
    '0 s',
    '59 s',
    '1 min 00 s',
    '2 min 30 s',
    '1 h 00 min',
    '1 h 05 min',
    '100 h 00 min',
  ]);
});
