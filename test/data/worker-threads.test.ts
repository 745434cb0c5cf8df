import { afterEach, describe, expect, test } from 'vitest';
import { WorkerThreads } from '../../src/data/worker-threads.ts';

/** Doubles numbers; one of them, which makes a thread do something else, is `special`. */
const programFor = (special: string) => `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (job) => {
    if (job === 2) { ${special} }
    parentPort.postMessage({ result: 2 * job });
  });`;

const open: WorkerThreads<number, number>[] = [];
function threads(count: number, special = ''): WorkerThreads<number, number> {
  const made = new WorkerThreads<number, number>(count, programFor(special), (job) => `twice ${job}`);
  open.push(made);
  return made;
}
afterEach(() => Promise.all(open.splice(0).map((made) => made.dispose())));

const never = new AbortController().signal;

describe('worker threads', () => {
  test.each([1, 3])('answer every job, %i at a time', async (count) => {
    const made = threads(count);
    const jobs = [1, 2, 3, 4, 5, 6, 7];
    expect(await Promise.all(jobs.map((job) => made.run(job, never)))).toEqual([2, 4, 6, 8, 10, 12, 14]);
  });

  test('are cancelled in the middle of a job, and work on', async () => {
    const made = threads(2, 'for (;;);');
    const controller = new AbortController();
    const results = [2, 2, 2, 5].map((job, i) => made.run(job, i < 3 ? controller.signal : never));
    const reasons = Promise.allSettled(results.slice(0, 3));
    controller.abort(new Error('enough'));
    for (const outcome of await reasons) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
    }
    expect(await results[3]).toBe(10);
  });

  test.each([
    ['exits', 'process.exit(3)', /^twice 2: the thread that computes this has ended: exit code 3$/],
    ['fails', "throw new Error('no memory')", /^twice 2: the thread .* has ended: no memory$/],
  ])('say so if one %s, and work on', async (_, end, message) => {
    const made = threads(1, end);
    const fatal = made.run(2, never);
    const next = made.run(3, never);
    await expect(fatal).rejects.toThrow(message);
    expect(await next).toBe(6);
  });

  test('say what went wrong in a job, and work on', async () => {
    const made = threads(1, "return parentPort.postMessage({ error: 'too small' });");
    await expect(made.run(2, never)).rejects.toThrow(/^twice 2: too small$/);
    expect(await made.run(3, never)).toBe(6);
  });

  test('leave nothing waiting when they are disposed of', async () => {
    const made = threads(1);
    const results = Promise.allSettled([1, 2, 3].map((job) => made.run(job, never)));
    await made.dispose();
    for (const { status } of await results) expect(status).toBe('rejected');
  });
});
