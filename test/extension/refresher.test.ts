import { expect, test } from 'vitest';
import { Refresher } from '../../src/extension/refresher.ts';

/** A refresh that ends when it is told to. */
function controlled() {
  const ends: (() => void)[] = [];
  const refresher = new Refresher(() => new Promise<void>((end) => ends.push(end)));
  return { refresher, ends };
}

test('requests during a refresh are answered by one more, which begins after them', async () => {
  const { refresher, ends } = controlled();
  const first = refresher.request();
  const second = refresher.request();
  const third = refresher.request();
  expect(ends).toHaveLength(1);
  ends[0]!();
  await first;
  await Promise.resolve();
  expect(ends).toHaveLength(2);
  ends[1]!();
  await Promise.all([second, third]);
  expect(ends).toHaveLength(2);
});

test('a refresh that failed is told to its caller and does not keep the next from running', async () => {
  let runs = 0;
  const refresher = new Refresher(async () => {
    runs++;
    if (runs === 1) throw new Error('folder is gone');
  });
  await expect(refresher.request()).rejects.toThrow('folder is gone');
  await refresher.request();
  expect(runs).toBe(2);
});
