import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../src/protocol/events.ts';
import { Engine } from './engine-process.ts';
import { makeProject } from './example-project.ts';
import { readEventFolders } from './tensorboard/read-events.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.build();
});

// Many more than pass between the first checkpoint and the signal.
const STEPS = 200;

async function tinyProject(): Promise<string> {
  const project = await makeProject();
  writeFileSync(
    join(project, 'tiny.training.yaml'),
    `extends: preset:fast
device: cpu
threads: 1
image: {size: 32, train: 4, test: 2}
generator: {channels: 8}
base: {steps: ${STEPS}, batchSize: 2, checkpointEvery: 10}
`,
  );
  return project;
}

const trainBase = (project: string, ...args: string[]) => ['train-base', '--project', project, ...args];
const baseOf = (project: string) => readFileSync(join(project, 'base', 'tiny.safetensors'));

test('a training that was stopped and resumed ends with the same bytes as one that was not', async () => {
  const [whole, halved] = [await tinyProject(), await tinyProject()];
  expect((await engine.run(trainBase(whole))).code).toBe(0);

  const running = engine.start(trainBase(halved, '--json', '--run-id', 'halved'));
  let seen = '';
  while (!seen.includes('"type":"checkpoint"')) seen += (await once(running.process.stdout, 'data'))[0];
  running.process.kill('SIGINT');
  const stopped = await running.finished;
  const events = stopped.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
  const steps = events.flatMap((event) => (event.type === 'checkpoint' ? [event.step] : []));
  expect({ code: stopped.code, unfinished: steps.at(-1)! < STEPS }).toEqual({ code: 130, unfinished: true });
  expect((await engine.run(trainBase(halved, '--resume'))).code).toBe(0);
  expect(baseOf(halved)).toEqual(baseOf(whole));
});

test('with --tensorboard the event files hold every metric and sample of events.jsonl', async () => {
  const project = await tinyProject();
  const { code } = await engine.run(trainBase(project, '--tensorboard', '--run-id', 'logged'));
  const run = join(project, 'runs', 'logged');
  const logged = readFileSync(join(run, 'events.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
  const scalars = Object.values(readEventFolders(join(run, 'tensorboard'))).flatMap((events) =>
    events.flatMap(({ step, summary }) =>
      (summary?.value ?? []).flatMap(({ tag, simple_value }) =>
        simple_value === undefined ? [] : [[step ?? 0, tag, simple_value]],
      ),
    ),
  );
  expect(code).toBe(0);
  expect(scalars.length).toBeGreaterThan(STEPS);
  expect(scalars).toEqual(
    logged.flatMap((event) =>
      event.type === 'metrics'
        ? Object.entries(event.values).map(([tag, value]) => [event.step, tag, Math.fround(value)])
        : [],
    ),
  );
});
