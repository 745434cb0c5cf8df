import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  CancellationTokenSource,
  createMessageConnection,
  ProgressType,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { type ServeHandlers, serve } from '../../src/engine/serve/server.ts';
import type { TensorScanProgress } from '../../src/protocol/tensors.ts';

const HOUR_MS = 3_600_000;

/** A server whose `validate` answers with what it was asked, once `release` is called with that. */
function startServer({ idleMs = HOUR_MS } = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const begun: string[] = [];
  const waiting = new Map<string, () => void>();
  const aborted: string[] = [];
  const unused = async () => {
    throw new Error('not asked for here');
  };
  const handlers: ServeHandlers = {
    warmUp: unused,
    devices: unused,
    sizes: unused,
    describe: unused,
    translations: unused,
    translate: unused,
    thumbnail: unused,
    pictureArea: unused,
    saveTranslation: unused,
    denoise: unused,
    export: unused,
    statistics: unused,
    blockHistogram: unused,
    trajectory: unused,
    tensorHistogram: unused,
    compareTensors: unused,
    tensorStatistics: async ({ file }, _signal, report) => {
      report({ done: 1, total: 2, tensors: [{ name: file, nan: 0, inf: 0, zeros: 0 }], spectra: [] });
      return null;
    },
    validate: async ({ project }, signal) => {
      begun.push(project);
      signal.addEventListener('abort', () => aborted.push(project));
      await new Promise<void>((resolve) => waiting.set(project, resolve));
      waiting.delete(project);
      return { problems: [] };
    },
  };
  const ended = serve({ input, output, handlers, idleMs });
  const connection = createMessageConnection(new StreamMessageReader(output), new StreamMessageWriter(input));
  connection.listen();
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    ended,
    begun,
    input,
    ask: (project: string, source = new CancellationTokenSource()) =>
      connection.sendRequest('validate', { project }, source.token),
    askTensors: async (file: string, onProgress: (progress: TensorScanProgress) => void) => {
      const progress = connection.onProgress(new ProgressType<TensorScanProgress>(), 7, onProgress);
      await connection.sendRequest('tensorStatistics', { file, progressToken: 7 });
      progress.dispose();
    },
    release: async (project: string) => {
      while (!waiting.has(project)) await turn();
      waiting.get(project)!();
    },
    hasBegun: async (project: string) => {
      while (!begun.includes(project)) await turn();
    },
    wasAborted: async (project: string) => {
      while (!aborted.includes(project)) await turn();
    },
  };
}

test('a request waits for the one before it', async () => {
  const { ask, release, begun, hasBegun } = startServer();
  const [first, second] = [ask('first'), ask('second')];
  await hasBegun('first');
  expect(begun).toEqual(['first']);
  await release('first');
  await first;
  await release('second');
  await second;
  expect(begun).toEqual(['first', 'second']);
});

test('a waiting request that is canceled ends at once and never starts', async () => {
  const { ask, release, begun } = startServer();
  const source = new CancellationTokenSource();
  const first = ask('first');
  const second = ask('second', source);
  const third = ask('third');
  source.cancel();
  await expect(second).rejects.toMatchObject({ code: -32800 });
  await release('first');
  await release('third');
  await Promise.all([first, third]);
  expect(begun).toEqual(['first', 'third']);
});

test('a running request is told that it was canceled', async () => {
  const { ask, release, hasBegun, wasAborted } = startServer();
  const source = new CancellationTokenSource();
  const running = ask('long', source);
  await hasBegun('long');
  source.cancel();
  await wasAborted('long');
  await release('long');
  await running;
});

test('a request about tensors runs beside the others, and tells of its progress before it answers', async () => {
  const { ask, askTensors, release, hasBegun, begun } = startServer();
  const first = ask('first');
  await hasBegun('first');
  const told: string[] = [];
  await askTensors('a.safetensors', (progress) => told.push(...progress.tensors.map(({ name }) => name)));
  expect(told).toEqual(['a.safetensors']);
  expect(begun).toEqual(['first']);
  await release('first');
  await first;
});

test('the server ends when its input does', async () => {
  const { input, ended } = startServer();
  input.end();
  await ended;
});

test('the server ends after it was idle, counted from the last answer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { ask, release, ended, hasBegun } = startServer({ idleMs: 1000 });
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const request = ask('only');
  await hasBegun('only');
  await vi.advanceTimersByTimeAsync(5000);
  await release('only');
  await request;
  await vi.advanceTimersByTimeAsync(999);
  expect(over).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await ended;
});
