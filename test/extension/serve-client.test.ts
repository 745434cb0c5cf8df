import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { ServeClient } from '../../src/extension/engine/serve-client.ts';
import { UserError } from '../../src/project/user-error.ts';
import type { OpenedParams } from '../../src/protocol/serve.ts';

const program = join(import.meta.dirname, 'programs/fake-dnw.mjs');
const clients: ServeClient[] = [];
let opened: OpenedParams = { projects: ['/p'], files: [] };

function client(command = process.execPath) {
  const started: number[] = [];
  const logged: string[] = [];
  const made = new ServeClient(
    () => {
      const child = spawn(command, [program, 'serve']);
      started.push(child.pid ?? 0);
      return child;
    },
    (text) => logged.push(text),
    () => opened,
  );
  clients.push(made);
  return { client: made, started, logged };
}

afterEach(() => {
  for (const made of clients.splice(0)) made.stop();
});

const request = { project: '/p', training: 'fast', concept: 'snow' };

test('starts the engine with the first request and keeps it', async () => {
  const { client: engine, started } = client();
  expect(started).toHaveLength(0);
  await expect(engine.request('validate', { project: '/p' })).resolves.toMatchObject({ project: '/p' });
  await engine.request('validate', { project: '/q' });
  expect(started).toHaveLength(1);
});

test('what the user can fix comes back as such', async () => {
  const { client: engine } = client();
  const answer = engine.request('translations', request);
  await expect(answer).rejects.toBeInstanceOf(UserError);
  await expect(answer).rejects.toMatchObject({
    kind: 'stage-needed',
    code: 'DNW-164',
    message: 'Prepare the pairs of snow first.',
  });
});

test('an engine that dies fails its request with its last words, and the next request starts another', async () => {
  const { client: engine, started, logged } = client();
  await expect(engine.request('statistics', { ...request, weights: 'w', bins: 8 })).rejects.toThrow(
    /ended before it answered "statistics" \(exit status 3: out of memory\)/,
  );
  expect(logged.join('')).toContain('out of memory');
  await expect(engine.request('validate', { project: '/p' })).resolves.toMatchObject({ pid: started[1] });
});

test('a program that cannot be started fails the request', async () => {
  const { client: engine } = client('/nowhere/node');
  await expect(engine.request('validate', { project: '/p' })).rejects.toThrow(/ENOENT/);
});

test('a cancelled request ends without waiting for its result', async () => {
  const { client: engine } = client();
  const cancel = new CancellationTokenSource();
  const answer = engine.request('denoise', { ...request, seed: 1, steps: 1 }, cancel.token);
  await engine.request('validate', { project: '/p' });
  cancel.cancel();
  await expect(answer).rejects.toThrow('cancelled');
});

test('after stop, the next request starts another engine', async () => {
  const { client: engine, started } = client();
  await engine.request('validate', { project: '/p' });
  engine.stop();
  await engine.request('validate', { project: '/p' });
  expect(started).toHaveLength(2);
});

test('tells the engine what is open before the next request, and only when it has changed', async () => {
  const { client: engine } = client();
  const told = async () =>
    ((await engine.request('validate', { project: '/p' })) as unknown as { told: unknown }).told;
  expect(await told()).toEqual([{ projects: ['/p'], files: [] }]);
  opened = { projects: ['/p'], files: ['/q/a.safetensors'] };
  expect(await told()).toEqual([{ projects: ['/p'], files: [] }, opened]);
  expect(await told()).toHaveLength(2);
});
