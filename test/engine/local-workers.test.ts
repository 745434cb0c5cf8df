import { expect, test } from 'vitest';
import { freeMemory, workersThatFit } from '../../src/engine/local-workers.ts';

function fitting(wanted: number, each: number, available: number): [number, string[]] {
  const warnings: string[] = [];
  const mebibyte = 2 ** 20;
  const memory = { each: each * mebibyte, available: available * mebibyte };
  return [workersThatFit(wanted, memory, (message) => warnings.push(message)), warnings];
}

test('as many processes are started as memory is free for, and a warning says if these are fewer', () => {
  expect(fitting(3, 400, 1200)).toEqual([3, []]);
  expect(fitting(0, 400, 100)).toEqual([0, []]);
  expect(fitting(3, 400, 1199)).toEqual([
    2,
    ['only 2 of 3 more processes are started: each takes about 400 MiB, and 1199 MiB are free'],
  ]);
  expect(fitting(3, 400, 100)).toEqual([
    0,
    ['only 0 of 3 more processes are started: each takes about 400 MiB, and 100 MiB are free'],
  ]);
});

test('a process counts with more than it takes before it trains', () => {
  const { each, available } = freeMemory();
  expect(each).toBeGreaterThan(process.memoryUsage.rss());
  expect(available).toBeGreaterThan(0);
});
