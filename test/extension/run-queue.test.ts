import { beforeEach, expect, test, vi } from 'vitest';
import { type QueuedRun, startRuns } from '../../src/extension/runs/run-queue.ts';
import type { Run } from '../../src/extension/runs/run-state.ts';
import type { Services } from '../../src/extension/services.ts';
import * as fake from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));
vi.mock('../../src/extension/settings.ts', () => ({ deviceOverrides: () => ({}), setting: () => false }));

const names = ['snow', 'fog', 'rain'];
const queue: QueuedRun[] = names.map((name) => ({
  name,
  request: { stage: 'denoise', project: '/project', training: 'fast', concept: name },
}));

/** An engine whose runs end when the test says how. */
class Bench {
  readonly launched: string[] = [];
  readonly services: Services;
  private readonly changed = new fake.EventEmitter<never[]>();
  private readonly runs = new Map<string, Run>();
  private readonly ends = new Map<string, () => void>();
  private wake = () => {};

  constructor() {
    this.services = {
      log: { error: () => {} },
      runs: {
        onDidChange: this.changed.event,
        refresh: async () => {},
        get: (_project: string, id: string) => this.runs.get(id),
      },
      engine: {
        launch: async ({ concept, runId }: { concept: string; runId: string }) => {
          this.launched.push(concept);
          this.runs.set(runId, { id: runId, state: 'running', folder: '/nowhere', status: {} } as Run);
          this.wake();
          return { ended: new Promise<void>((end) => this.ends.set(runId, end)) };
        },
      },
    } as unknown as Services;
  }

  /** Ends the run that was launched last. */
  end(state: Run['state']): void {
    const [id, run] = [...this.runs].at(-1)!;
    this.runs.set(id, { ...run, state });
    this.ends.get(id)!();
  }

  async launches(count: number): Promise<void> {
    while (this.launched.length < count) await new Promise<void>((resolve) => (this.wake = resolve));
  }
}

let bench: Bench;
const warnings: { message: string; answer: (chosen: string | undefined) => void; buttons: string[] }[] = [];
const messages: string[] = [];
let shown: Promise<unknown>;
let warned: () => void;
let cancel: () => void;

beforeEach(() => {
  bench = new Bench();
  warnings.length = 0;
  messages.length = 0;
  Object.assign(fake.window, {
    withProgress: (
      { title }: { title: string },
      work: (progress: unknown, token: unknown) => Promise<unknown>,
    ) => {
      const asked = new fake.EventEmitter<undefined>();
      const token = { isCancellationRequested: false, onCancellationRequested: asked.event };
      cancel = () => {
        token.isCancellationRequested = true;
        asked.fire(undefined);
      };
      messages.push(title);
      shown = work({ report: ({ message }: { message: string }) => messages.push(message) }, token);
      return shown;
    },
    showWarningMessage: (message: string, ...buttons: string[]) =>
      new Promise((answer) => {
        warnings.push({ message, buttons, answer });
        warned();
      }),
  });
});

const warning = () => new Promise<void>((resolve) => (warned = resolve));

test('each run begins when the one before has succeeded, and what waits is named', async () => {
  await startRuns(bench.services, queue);
  expect(bench.launched).toEqual(['snow']);
  expect(messages).toEqual(['Denoise Weights: 3 runs, one after the other', 'snow (1 of 3); then fog, rain']);
  bench.end('succeeded');
  await bench.launches(2);
  bench.end('succeeded');
  await bench.launches(3);
  bench.end('succeeded');
  await shown;
  expect(bench.launched).toEqual(names);
  expect(messages.slice(2)).toEqual(['fog (2 of 3); then rain', 'rain (3 of 3)']);
  expect(warnings).toEqual([]);
});

test('one that fails ends the queue; the others are named, and started only if wanted', async () => {
  const warnedOnce = warning();
  await startRuns(bench.services, queue);
  bench.end('failed');
  await shown;
  await warnedOnce;
  expect(bench.launched).toEqual(['snow']);
  expect(warnings[0]?.message).toBe('snow: failed. Not started: fog, rain.');
  warnings[0]?.answer(warnings[0].buttons[0]);
  await bench.launches(2);
  expect(bench.launched).toEqual(['snow', 'fog']);
});

test('the last one that fails leaves nothing to ask', async () => {
  await startRuns(bench.services, queue.slice(0, 2));
  bench.end('succeeded');
  await bench.launches(2);
  bench.end('failed');
  await shown;
  expect(warnings).toEqual([]);
});

test('one run alone has the notification of its own', async () => {
  await startRuns(bench.services, queue.slice(0, 1));
  expect(messages).toEqual(['Denoise Weights: snow']);
  bench.end('succeeded');
  await shown;
});

test('cancelling drops what waits', async () => {
  const { runs } = bench.services;
  // Its folder is gone meanwhile, so that there is nothing to ask to stop.
  Object.assign(runs, { get: () => undefined });
  await startRuns(bench.services, queue);
  cancel();
  await shown;
  expect(bench.launched).toEqual(['snow']);
  expect(warnings).toEqual([]);
});
