import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pacer } from '../../src/extension/panels/pacer.ts';

const fail = (error: unknown) => expect.fail(`not expected to fail: ${error}`);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('sends the first at once, and at most ten a second after it', async () => {
  const sent: number[] = [];
  const pacer = new Pacer(() => void sent.push(Date.now()), fail);
  const start = Date.now();
  for (let ms = 0; ms < 1000; ms += 5) {
    pacer.request();
    await vi.advanceTimersByTimeAsync(5);
  }
  expect(sent[0]).toBe(start);
  expect(sent.length).toBeGreaterThan(8);
  expect(sent.length).toBeLessThanOrEqual(11);
  for (let i = 1; i < sent.length; i++) expect(sent[i]! - sent[i - 1]!).toBeGreaterThanOrEqual(100);
});

test('the last change of a burst is sent, with the state as it is then', async () => {
  let state = 0;
  const sent: number[] = [];
  const pacer = new Pacer(() => void sent.push(state), fail);
  for (state = 1; state < 20; state++) pacer.request();
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toEqual([1, 20]);
});

test('does not send while the last send is still on its way', async () => {
  let done: () => void = () => {};
  let sends = 0;
  const pacer = new Pacer(() => {
    sends++;
    return new Promise<void>((resolve) => {
      done = resolve;
    });
  }, fail);
  pacer.request();
  pacer.request();
  await vi.advanceTimersByTimeAsync(1000);
  expect(sends).toBe(1);
  done();
  await vi.advanceTimersByTimeAsync(100);
  expect(sends).toBe(2);
});

test('sends nothing after it was disposed', async () => {
  let sends = 0;
  const pacer = new Pacer(() => void sends++, fail);
  pacer.request();
  pacer.request();
  pacer.dispose();
  await vi.advanceTimersByTimeAsync(1000);
  expect(sends).toBe(1);
});

test('a send that fails is reported and does not end the others', async () => {
  const failures: unknown[] = [];
  let sends = 0;
  const pacer = new Pacer(
    () => {
      sends++;
      if (sends === 1) throw new Error('the page is gone');
    },
    (error) => failures.push(error),
  );
  pacer.request();
  pacer.request();
  await vi.advanceTimersByTimeAsync(200);
  expect(sends).toBe(2);
  expect(failures).toEqual([new Error('the page is gone')]);
});
