import { beforeEach, expect, test, vi } from 'vitest';
import type * as vscode from 'vscode';
import type { QueuedRun } from '../../src/extension/runs/new-run.ts';
import { offerWaiting, startRuns } from '../../src/extension/runs/run-queue.ts';
import type { Run } from '../../src/extension/runs/run-state.ts';
import { WaitingRuns } from '../../src/extension/runs/waiting-runs.ts';
import type { Services } from '../../src/extension/services.ts';
import * as fake from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));
vi.mock('../../src/extension/settings.ts', () => ({
  deviceOverrides: () => ({}),
  workersFor: () => ({}),
  setting: () => false,
}));

const names = ['snow', 'fog', 'rain'];
const queue: QueuedRun[] = names.map((name) => ({
  name,
  request: { stage: 'denoise', project: '/project', training: 'fast', concept: name },
}));

/** The memory of a workspace, as windows that follow each other have it. */
class Memory {
  private text = '{}';
  get<T>(key: string, missing: T): T {
    return JSON.parse(this.text)[key] ?? missing;
  }
  async update(key: string, value: unknown): Promise<void> {
    this.text = JSON.stringify({ ...JSON.parse(this.text), [key]: value });
  }
}

/** An engine whose runs end when the test says how. */
class Bench {
  readonly launched: string[] = [];
  readonly waiting = new WaitingRuns(new Memory() as unknown as vscode.Memento);
  readonly services: Services;
  private readonly changed = new fake.EventEmitter<never[]>();
  private readonly runs = new Map<string, Run>();
  private readonly ends = new Map<string, () => void>();
  private wake = () => {};

  constructor() {
    this.services = {
      log: { error: () => {} },
      waiting: this.waiting,
      runs: {
        onDidChange: this.changed.event,
        refresh: async () => {},
        get: (_project: string, id: string) => this.runs.get(id),
      },
      engine: {
        launch: async ({ concept, runId }: { concept: string; runId: string }) => {
          this.launched.push(concept);
          const run = { id: runId, project: '/project', state: 'running', folder: '/nowhere', status: {} };
          this.runs.set(runId, run as Run);
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
    this.ends.get(id)?.();
    this.changed.fire([]);
  }

  /** Id of the run that was launched last. */
  get newest(): string {
    return [...this.runs.keys()].at(-1)!;
  }

  /** The names that a later window would find. */
  get kept(): string[] {
    return [...this.waiting.all.values()].flatMap(({ rest }) => rest.map(({ name }) => name));
  }

  async launches(count: number): Promise<void> {
    while (this.launched.length < count) await new Promise<void>((resolve) => (this.wake = resolve));
  }
}

let bench: Bench;
const warnings: { message: string; answer: (chosen: string | undefined) => void; buttons: string[] }[] = [];
const messages: string[] = [];
const failures: string[] = [];
let shown: Promise<unknown>;
let warned: () => void;
let cancel: () => void;

beforeEach(() => {
  bench = new Bench();
  warnings.length = 0;
  messages.length = 0;
  failures.length = 0;
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
    showErrorMessage: async (message: string) => {
      failures.push(message);
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

test('cancelling says so where the folder of the run has just been deleted, and drops what waits', async () => {
  await startRuns(bench.services, queue);
  cancel();
  await shown;
  expect(failures).toEqual([
    expect.stringMatching(/^.*denoise-snow: the run folder no longer exists.*nothing to stop/),
  ]);
  expect(bench.launched).toEqual(['snow']);
  expect(bench.kept).toEqual([]);
});

test('what waits is kept for a later window, until it has begun', async () => {
  await startRuns(bench.services, queue);
  expect(bench.kept).toEqual(['fog', 'rain']);
  bench.end('succeeded');
  await bench.launches(2);
  await expect.poll(() => bench.kept).toEqual(['rain']);
  Object.assign(bench.services.runs, { get: () => undefined });
  cancel();
  await shown;
  expect(bench.kept).toEqual([]);
});

test('a later window offers what waited; it is dropped where it is not wanted', async () => {
  await startRuns(bench.services, queue);
  const later = { ...bench.services, runs: { ...bench.services.runs, get: () => undefined } } as never;
  await offerWaiting(later);
  expect(warnings[0]).toMatchObject({
    message: 'These runs had not started when the window was closed: fog, rain.',
    buttons: ['Start Runs'],
  });
  expect(bench.kept).toEqual(['fog', 'rain']);
  warnings[0]!.answer(undefined);
  await expect.poll(() => bench.kept).toEqual([]);
  expect(bench.launched).toEqual(['snow']);
});

test('what waited for a run that goes on begins once that has ended', async () => {
  // As a later window finds it: the first run goes on, and no queue follows it.
  await startRuns(bench.services, queue.slice(0, 1));
  const after = { project: '/project', runId: bench.newest };
  await bench.waiting.keep('queue', { after, rest: queue.slice(1) });
  await offerWaiting(bench.services);
  expect(warnings[0]).toMatchObject({
    message: expect.stringMatching(
      /^These runs were waiting for .* when the window was closed: fog, rain\.$/,
    ),
    buttons: ['Start Afterwards'],
  });
  warnings[0]!.answer('Start Afterwards');
  expect(bench.launched).toEqual(['snow']);
  bench.end('succeeded');
  await bench.launches(2);
  expect(bench.launched).toEqual(['snow', 'fog']);
  await expect.poll(() => bench.kept).toEqual(['rain']);
});

test('where that run fails, what waited for it is started only if it is still wanted', async () => {
  await startRuns(bench.services, queue.slice(0, 1));
  const after = { project: '/project', runId: bench.newest };
  await bench.waiting.keep('queue', { after, rest: queue.slice(1) });
  await offerWaiting(bench.services);
  warnings[0]!.answer('Start Afterwards');
  bench.end('failed');
  await expect.poll(() => warnings.map(({ message }) => message)).toHaveLength(2);
  expect(warnings[1]!.message).toMatch(/: failed\. Not started: fog, rain\.$/);
  expect(bench.launched).toEqual(['snow']);
  expect(bench.kept).toEqual(['fog', 'rain']);
  warnings[1]!.answer('Start Runs');
  await bench.launches(2);
  expect(bench.launched).toEqual(['snow', 'fog']);
  await expect.poll(() => bench.kept).toEqual(['rain']);
});
