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

const STEPS = 20;

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
