import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runArguments } from '../../src/project/runs/run-launch.ts';
import { listRuns, readRunRecord } from '../../src/project/runs/run-record.ts';
import { ERRORS } from '../../src/protocol/errors.ts';
import type { RunEvent } from '../../src/protocol/events.ts';
import { Engine, type RunningEngine } from './engine-process.ts';
import { makeProject, writeConcept } from './example-project.ts';

let engine: Engine;
let project: string;

beforeAll(async () => {
  engine = await Engine.build('test/engine/fake-dnw.ts');
});
beforeEach(async () => {
  project = await makeProject();
});

const ENDLESS = ['--steps', '1000000'];

function eventsOf(text: string): RunEvent[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunEvent);
}

function events(run: string): RunEvent[] {
  return eventsOf(readFileSync(join(project, 'runs', run, 'events.jsonl'), 'utf8'));
}

/** Waits until a run that prints its events has got somewhere. */
async function reached({ process: child }: RunningEngine, type: RunEvent['type']): Promise<void> {
  let text = '';
  for (;;) {
    const [chunk] = await once(child.stdout, 'data');
    text += chunk;
    if (text.includes(`{"type":"${type}"`)) return;
  }
}

function fineTune(...args: string[]): string[] {
  return ['fine-tune', '--project', project, '--concept', 'snow', ...args];
}

async function state(run: string) {
  return (await listRuns(project)).find(({ id }) => id === run)?.state;
}

describe('a run that ends by itself', () => {
  test('leaves its record, its events and its result', async () => {
    const { code, stdout } = await engine.run(fineTune('--run-id', 'one', '--seed', '9', '--threads', '1'));
    expect(code).toBe(0);
    expect(stdout).toBe('begunAt: 0\ndone: 20\nseed: 9\n');
    const record = await readRunRecord(join(project, 'runs', 'one'));
    expect(record).toMatchObject({
      id: 'one',
      stage: 'fine-tune',
      name: 'snow',
      training: 'tiny.training.yaml',
      concept: 'concepts/snow.concept.yaml',
      seed: 9,
      config: { seed: 3, threads: 1, image: { size: 32 } },
      options: { concept: 'snow', seed: 9 },
    });
    const all = events('one');
    expect(all[0]).toMatchObject({ type: 'started', runId: 'one', resumed: false });
    expect(all.at(-1)).toMatchObject({ type: 'finished', status: 'succeeded' });
    expect(all.filter(({ type }) => type === 'progress').at(-1)).toMatchObject({ done: 20, total: 20 });
    expect(all.filter(({ type }) => type === 'metrics')).toHaveLength(20);
    const result = JSON.parse(readFileSync(join(project, 'runs', 'one', 'result.json'), 'utf8'));
    expect(result).toMatchObject({ status: 'succeeded', result: { done: 20 } });
  });

  test('gets an id of time, stage and name, another one for each run of the same second', async () => {
    await Promise.all([1, 2, 3].map(() => engine.run(fineTune('--steps', '0'))));
    const ids = (await listRuns(project)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^\d{8}-\d{6}-fine-tune-snow(-\d)?$/);
  });

  test('prints under --json exactly the lines of events.jsonl, though libraries talk', async () => {
    const { code, stdout, stderr } = await engine.run([
      'prepare',
      '--project',
      project,
      '--run-id',
      'p',
      '--json',
    ]);
    expect(stdout).toBe(readFileSync(join(project, 'runs', 'p', 'events.jsonl'), 'utf8'));
    expect(stderr).toBe('a library talks\n');
    expect(code).toBe(0);
  });

  test('writes plain lines without a terminal', async () => {
    const { stderr } = await engine.run(['prepare', '--project', project], { env: { FORCE_COLOR: '1' } });
    expect(stderr).toContain('warning: something to know');
    expect(stderr).toContain('counting: 20 of 20 steps');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
    expect(stderr).not.toMatch(/[\u001b\r]/);
  });
});

describe('a run that fails', () => {
  test.each([
    [
      'by a mistake of the user',
      'train-base',
      /^The photographs are missing\. Put some into images\/\./,
      'no-images',
    ],
    [
      'by a bug',
      'collect',
      /^Unexpected error, please report it: TypeError: undefined is not a tensor\n +at /,
      'unexpected',
    ],
    [
      'outside of the stage',
      'train-generator',
      /^Unexpected error, .*: Error: thrown outside of the stage\n/,
      'unexpected',
    ],
  ] as const)('%s says so in its last event and ends with code 1', async (_how, stage, message, kind) => {
    const { code: shown } = ERRORS[kind];
    const { code, stderr } = await engine.run([stage, '--project', project, '--run-id', 'bad']);
    expect(events('bad').at(-1)).toMatchObject({
      type: 'finished',
      status: 'failed',
      error: expect.stringMatching(message),
      code: shown,
    });
    expect(stderr).toMatch(new RegExp(` \\[${shown}\\]\nTo read more: dnw explain ${shown}\n$`));
    expect(stderr.trimEnd().split('\n').slice(1).join('\n')).toMatch(message);
    expect(code).toBe(1);
    expect(await state('bad')).toBe('failed');
  });

  test('before it began tells whoever chose its folder', async () => {
    mkdirSync(join(project, 'runs', 'early'), { recursive: true });
    const args = ['fine-tune', '--project', project, '--concept', 'nothing', '--run-id', 'early'];
    const { code } = await engine.run(args);
    expect(code).toBe(2);
    expect(events('early')).toEqual([
      expect.objectContaining({
        type: 'finished',
        status: 'failed',
        error: expect.stringContaining('nothing'),
      }),
    ]);
  });
});

describe('a run that is stopped', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s writes its checkpoint and ends with code 130',
    async (signal) => {
      const running = engine.start(fineTune('--run-id', 'stopped', '--json', ...ENDLESS));
      await reached(running, 'metrics');
      running.process.kill(signal);
      expect((await running.finished).code).toBe(130);
      const all = events('stopped');
      expect(all.at(-1)).toMatchObject({ type: 'finished', status: 'stopped' });
      expect(all.findLast(({ type }) => type === 'checkpoint')).toBeDefined();
      expect(await state('stopped')).toBe('stopped');
    },
  );

  test('by dnw stop ends the same way', async () => {
    const running = engine.start(fineTune('--run-id', 'far', '--json', ...ENDLESS));
    await reached(running, 'metrics');
    const stop = await engine.run(['stop', 'far', '--project', project]);
    expect(stop.code).toBe(0);
    expect((await running.finished).code).toBe(130);
    expect(await state('far')).toBe('stopped');
    const again = await engine.run(['stop', join(project, 'runs', 'far')]);
    expect(again.stderr).toContain('no process is working on this run');
    expect(again.code).toBe(1);
  });

  test('before it began, by a request that waits in its folder, does nothing', async () => {
    mkdirSync(join(project, 'runs', 'queued'), { recursive: true });
    writeFileSync(join(project, 'runs', 'queued', 'stop-request'), '');
    const { code, stdout } = await engine.run(fineTune('--run-id', 'queued', ...ENDLESS));
    expect(stdout).toContain('done: 0');
    expect(code).toBe(130);
  });
});

test('SIGKILL leaves only whole lines and a record, and the run can be resumed', async () => {
  const running = engine.start(fineTune('--run-id', 'killed', '--json', '--steps', '60'));
  await reached(running, 'checkpoint');
  running.process.kill('SIGKILL');
  expect((await running.finished).signal).toBe('SIGKILL');
  expect(readFileSync(join(project, 'runs', 'killed', 'events.jsonl'), 'utf8')).toMatch(/\}\n$/);
  expect(events('killed').length).toBeGreaterThan(0);
  expect(await readRunRecord(join(project, 'runs', 'killed'))).toMatchObject({ id: 'killed' });
  expect(await state('killed')).toBe('interrupted');
  const resumed = await engine.run(['fine-tune', '--project', project, '--resume', 'killed']);
  expect(resumed.stdout).toMatch(/begunAt: [1-5]0\ndone: 60\n/);
  expect(await state('killed')).toBe('succeeded');
});

describe('a resumed run', () => {
  async function stoppedRun(...args: string[]): Promise<void> {
    const running = engine.start(fineTune('--json', '--run-id', 'run', ...args));
    await reached(running, 'metrics');
    running.process.kill('SIGINT');
    await running.finished;
  }

  test('takes options and config from its record, not from the files of today', async () => {
    await stoppedRun('--steps', '100', '--seed', '5');
    writeFileSync(join(project, 'tiny.training.yaml'), 'extends: preset:fast\nseed: 77\n');
    const { code, stdout, stderr } = await engine.run(['fine-tune', '--project', project, '--resume']);
    expect(stderr).toContain('Resuming run');
    expect(stdout).toMatch(/begunAt: [1-9]\d*\ndone: 100\nseed: 5\n/);
    expect(code).toBe(0);
    expect(events('run').filter(({ type }) => type === 'started')).toMatchObject([
      { resumed: false },
      { resumed: true },
    ]);
  });

  test('may repeat its options but not contradict them', async () => {
    await stoppedRun('--steps', '100');
    const contradicting = await engine.run(fineTune('--resume', '--steps', '50'));
    expect(contradicting.stderr).toContain('--steps 50: run was started with 100.');
    expect(contradicting.code).toBe(2);
    const other = await engine.run(['denoise', '--project', project, '--resume', 'run']);
    expect(other.stderr).toContain('dnw fine-tune --resume run');
    expect(other.code).toBe(2);
    expect((await engine.run(fineTune('--resume', 'run', '--steps', '100'))).code).toBe(0);
  });

  test('may move to another device', async () => {
    await stoppedRun('--steps', '100');
    const { code } = await engine.run([
      'fine-tune',
      '--project',
      project,
      '--resume',
      'run',
      '--device',
      'cpu',
    ]);
    expect(code).toBe(0);
  });

  test('is refused where its concept has changed', async () => {
    await stoppedRun('--steps', '100');
    writeConcept(project, 'snow', 'a heavy blizzard');
    const { code, stderr } = await engine.run(['fine-tune', '--project', project, '--resume', 'run']);
    expect(stderr).toContain(
      'run: changed since this run began: concept snow (prompt). Its checkpoint no longer fits.',
    );
    expect(code).toBe(1);
    expect(await state('run')).toBe('stopped');
  });

  test('is found by its folder from anywhere', async () => {
    await stoppedRun('--steps', '100');
    const { code } = await engine.run(['fine-tune', '--resume', join(project, 'runs', 'run')]);
    expect(code).toBe(0);
  });
});

describe('a run that another process works on', () => {
  test('cannot be resumed, nor begun again', async () => {
    const first = engine.start(fineTune('--run-id', 'mine', '--json', ...ENDLESS));
    await reached(first, 'metrics');
    const [resumed, begun] = await Promise.all([
      engine.run(['fine-tune', '--project', project, '--resume', 'mine']),
      engine.run(fineTune('--run-id', 'mine')),
    ]);
    for (const second of [resumed, begun]) {
      expect(second.stderr).toContain(`process ${first.process.pid}`);
      expect(second.code).toBe(1);
    }
    expect(await state('mine')).toBe('running');
    first.process.kill('SIGINT');
    expect((await first.finished).code).toBe(130);
    expect(events('mine').filter(({ type }) => type === 'started')).toHaveLength(1);
  });

  test('is taken over by exactly one of many that find it left', async () => {
    const first = engine.start(fineTune('--run-id', 'left', '--json', '--steps', '200'));
    await reached(first, 'checkpoint');
    first.process.kill('SIGKILL');
    await first.finished;
    const others = await Promise.all(
      [1, 2, 3, 4].map(() => engine.run(['fine-tune', '--project', project, '--resume', 'left'])),
    );
    expect(others.map(({ code }) => code).sort()).toEqual([0, 1, 1, 1]);
    expect(events('left').filter(({ type }) => type === 'started')).toHaveLength(2);
  });

  test('and has succeeded cannot be begun again or resumed', async () => {
    await engine.run(fineTune('--run-id', 'done'));
    const { code, stderr } = await engine.run(fineTune('--run-id', 'done'));
    expect(stderr).toContain('this run already exists');
    expect(code).toBe(2);
    const resumed = await engine.run(['fine-tune', '--project', project, '--resume', 'done']);
    expect(resumed.stderr).toContain('done has already finished');
    expect(resumed.code).toBe(2);
    expect(events('done').at(-1)).toMatchObject({ status: 'succeeded' });
  });
});

test('dnw runs lists each run with its state', async () => {
  await engine.run(fineTune('--run-id', 'a'));
  await engine.run(['train-base', '--project', project, '--run-id', 'b']);
  const { stdout } = await engine.run(['runs', '--project', project]);
  expect(stdout).toBe('b  failed\na  succeeded\n');
  const json = await engine.run(['runs', '--project', project, '--json']);
  expect(
    json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { id: 'b', state: 'failed', record: { stage: 'train-base' } },
    { id: 'a', state: 'succeeded', record: { stage: 'fine-tune' } },
  ]);
});

test('the arguments that the extension starts and resumes a run with', async () => {
  mkdirSync(join(project, 'runs', 'ext'), { recursive: true });
  writeFileSync(join(project, 'runs', 'ext', 'stop-request'), '');
  const request = { stage: 'fine-tune', project, runId: 'ext' } as const;
  const begun = await engine.run(
    runArguments({ ...request, concept: 'snow', training: 'tiny', steps: 3, seed: 8 }),
  );
  expect(begun.stdout).toBe('begunAt: 0\ndone: 0\nseed: 8\n');
  expect(existsSync(join(project, 'runs', 'ext', 'tensorboard'))).toBe(false);
  const resumed = await engine.run(runArguments({ ...request, resume: true, tensorboard: true }));
  expect(resumed.stdout).toBe('begunAt: 0\ndone: 3\nseed: 8\n');
  expect(existsSync(join(project, 'runs', 'ext', 'tensorboard'))).toBe(true);
});

test('a reader of the events that goes away does not end the run', async () => {
  const running = engine.start(fineTune('--run-id', 'unread', '--json', '--steps', '40'));
  await reached(running, 'metrics');
  running.process.stdout.destroy();
  expect((await running.finished).code).toBe(0);
  expect(events('unread').at(-1)).toMatchObject({ status: 'succeeded' });
});
