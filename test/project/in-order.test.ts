import { expect, test } from 'vitest';
import { inOrder } from '../../src/project/in-order.ts';

/** Work that ends when it is told to. */
function heldWork() {
  const ends = new Map<number, () => void>();
  const work = (item: number) => new Promise<number>((resolve) => ends.set(item, () => resolve(item * 10)));
  return { ends, work };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('gives results in the order of the items, however they end, and works on no more than the limit', async () => {
  const { ends, work } = heldWork();
  const results: number[] = [];
  const all = (async () => {
    for await (const result of inOrder([0, 1, 2, 3], 2, work)) results.push(result);
  })();
  await turn();
  expect([...ends.keys()]).toEqual([0, 1]);
  ends.get(1)!();
  await turn();
  expect([results, [...ends.keys()]]).toEqual([[], [0, 1]]);
  ends.get(0)!();
  await turn();
  expect(results).toEqual([0, 10]);
  expect([...ends.keys()]).toEqual([0, 1, 2, 3]);
  ends.get(3)!();
  ends.get(2)!();
  await all;
  expect(results).toEqual([0, 10, 20, 30]);
});

test('ends with an error in its turn, when nothing runs any more', async () => {
  let running = 0;
  const work = async (item: number) => {
    running++;
    await turn();
    running--;
    if (item === 1) throw new Error('item 1');
    return item;
  };
  const results: number[] = [];
  const all = async () => {
    for await (const result of inOrder([0, 1, 2, 3, 4], 3, work)) results.push(result);
  };
  await expect(all()).rejects.toThrow('item 1');
  expect([results, running]).toEqual([[0], 0]);
});

test('waits for what is running if nobody wants the rest', async () => {
  let running = 0;
  const work = async (item: number) => {
    running++;
    await turn();
    running--;
    return item;
  };
  for await (const item of inOrder([0, 1, 2, 3], 3, work)) if (item === 0) break;
  expect(running).toBe(0);
});
