import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveNodeRuntime } from '../../src/extension/engine/node-runtime.ts';
import { launchRun } from '../../src/extension/engine/run-launcher.ts';
import { UserError } from '../../src/project/user-error.ts';

const program = join(import.meta.dirname, 'programs/fake-dnw.mjs');
let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'launch-'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

const runtime = resolveNodeRuntime('', process);
const request = (training: string) =>
  ({
    stage: 'fine-tune',
    project,
    runId: 'r1',
    training,
    concept: 'snow',
    device: 'cpu',
    threads: 2,
  }) as const;

test('starts the engine as Node.js with the arguments of the run, its output going to the run’s log', async () => {
  const { folder, ended } = await launchRun(runtime, program, request('fast'));
  await ended;
  expect(folder).toBe(join(project, 'runs', 'r1'));
  const { seen } = JSON.parse(readFileSync(join(folder, 'events.jsonl'), 'utf8'));
  expect(seen.args).toEqual(
    expect.arrayContaining(['fine-tune', '--run-id=r1', '--training=fast', '--concept=snow', '--device=cpu']),
  );
  expect(seen.electron).toBe('1');
  expect(readFileSync(join(folder, 'engine.log'), 'utf8')).toBe('the engine says hello\n');
});

test('an engine that ends before its run began leaves no run, and its log is told', async () => {
  const { folder, ended } = await launchRun(runtime, program, request('broken'));
  await expect(ended).rejects.toThrow(/SyntaxError: the bundle is damaged/);
  expect(existsSync(folder)).toBe(false);
});

test('a program that cannot be started is the user’s to fix, and leaves no run', async () => {
  const missing = { ...runtime, command: '/nowhere/node' };
  await expect(launchRun(missing, program, request('fast'))).rejects.toBeInstanceOf(UserError);
  expect(readdirSync(join(project, 'runs'))).toEqual([]);
});
