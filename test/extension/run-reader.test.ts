import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { overlaidOn } from '../../src/extension/panels/run/overlaid-runs.ts';
import { RunsReader } from '../../src/extension/panels/run/run-reader.ts';
import { MOST_OVERLAID } from '../../src/protocol/run.ts';
import { temporaryProject } from '../project/temporary-project.ts';

async function project(...runs: string[]) {
  const folder = await temporaryProject({});
  const events = (run: string) => join(folder, 'runs', run, 'events.jsonl');
  for (const run of runs) await mkdir(join(folder, 'runs', run), { recursive: true });
  return {
    reference: (runId: string) => ({ project: folder, runId }),
    write: (run: string, text: string) => appendFile(events(run), text),
    measure: (run: string, step: number) =>
      appendFile(
        events(run),
        `${JSON.stringify({ type: 'metrics', time: 0, step, values: { loss: step } })}\n`,
      ),
  };
}

const steps = ({ curves }: { curves: readonly { step: Float64Array }[] }) =>
  curves.flatMap(({ step }) => [...step]);

test('reads a run and those overlaid on it, each event once, and a new one from its beginning', async () => {
  const { reference, measure } = await project('own', 'a', 'b');
  for (const run of ['own', 'a', 'b']) await measure(run, 1);
  const reader = new RunsReader(reference('own'));
  const first = await reader.read([reference('a')]);
  expect(steps(first.points)).toEqual([1]);
  expect(first.overlaid.map((run) => [run.runId, run.whole, steps(run)])).toEqual([['a', true, [1]]]);

  for (const run of ['own', 'a', 'b']) await measure(run, 2);
  const second = await reader.read([reference('a'), reference('b')]);
  expect(steps(second.points)).toEqual([2]);
  expect(second.overlaid.map((run) => [run.runId, run.whole, steps(run)])).toEqual([
    ['a', false, [2]],
    ['b', true, [1, 2]],
  ]);
});

test('an overlaid run that was taken away and comes again is read whole', async () => {
  const { reference, measure } = await project('own', 'a');
  await measure('a', 1);
  const reader = new RunsReader(reference('own'));
  await reader.read([reference('a')]);
  expect((await reader.read([])).overlaid).toEqual([]);
  const [again] = (await reader.read([reference('a')])).overlaid;
  expect([again!.whole, steps(again!)]).toEqual([true, [1]]);
});

test('names the damaged lines of the run and reads the rest', async () => {
  const { reference, measure, write } = await project('own');
  const reader = new RunsReader(reference('own'));
  await measure('own', 1);
  expect((await reader.read([])).damaged).toBeUndefined();
  await write('own', '{"type":"metr\u0000\n');
  await measure('own', 3);
  const { points, damaged } = await reader.read([]);
  expect(steps(points)).toEqual([3]);
  expect(damaged).toEqual({ count: 1, lines: [2] });
});

test('a run is overlaid once, not on itself, and on as many others as there are colours', () => {
  const run = (runId: string) => ({ project: '/p', runId });
  expect(overlaidOn(run('a'), [run('b'), run('a'), run('b')])).toEqual([run('b')]);
  const many = Array.from({ length: 9 }, (_, i) => run(`r${i}`));
  expect(overlaidOn(run('a'), many)).toEqual(many.slice(0, MOST_OVERLAID));
});
