import { expect, test } from 'vitest';
import { advance, errorText, NO_STATUS } from '../../src/extension/runs/run-status.ts';
import type { RunEvent } from '../../src/protocol/events.ts';

const time = Date.UTC(2026, 10, 24);
const started: RunEvent = {
  type: 'started',
  time,
  runId: 'r',
  stage: 'fine-tune',
  name: 'snow',
  pid: 1,
  host: 'h',
  resumed: false,
};
const progress = (done: number): RunEvent => ({
  type: 'progress',
  time,
  message: 'fine-tuning snow',
  done,
  total: 500,
  unit: 'steps',
  etaSeconds: 500 - done,
  concept: 'snow',
});

test('keeps the newest progress and metrics', () => {
  const metrics = (step: number): RunEvent => ({
    type: 'metrics',
    time,
    step,
    values: { 'loss/l1': 1 / step },
  });
  const status = [started, progress(10), metrics(10), progress(20), metrics(20)].reduce(advance, NO_STATUS);
  expect(status.progress).toMatchObject({ done: 20, etaSeconds: 480 });
  expect(status.metrics).toMatchObject({ step: 20, values: { 'loss/l1': 0.05 } });
});

test('keeps every snapshot once, also where a resumed run writes one again', () => {
  const snapshot = (step: number, at: number): RunEvent => ({
    ...{ type: 'snapshot', step, concept: 'snow', file: `snapshots/${step}.safetensors`, time: at },
  });
  const resumed: RunEvent = { ...started, resumed: true };
  const status = [started, snapshot(25, 1), snapshot(50, 2), resumed, snapshot(50, 3)].reduce(
    advance,
    NO_STATUS,
  );
  expect(status.snapshots.map(({ step, time: at }) => [step, at])).toEqual([
    [25, 1],
    [50, 3],
  ]);
});

test('a run that was resumed has neither the error nor the progress of its first process', () => {
  const failed: RunEvent = {
    type: 'finished',
    time,
    status: 'failed',
    seconds: 3,
    error: 'disk full',
    code: 'DNW-180',
  };
  const before = [started, progress(10), failed].reduce(advance, NO_STATUS);
  expect(errorText(before)).toBe('disk full [DNW-180]');
  const after = advance(before, { ...started, resumed: true } as RunEvent);
  expect(after).toMatchObject({
    error: undefined,
    errorCode: undefined,
    seconds: undefined,
    progress: undefined,
  });
});

test('an event of a kind that this version does not know changes nothing', () => {
  const status = advance(NO_STATUS, progress(1));
  expect(advance(status, { type: 'from-the-future', time } as unknown as RunEvent)).toEqual(status);
});

test('a run of several stages tells its parts, and begins them again when it is resumed', () => {
  const stage = (index: number, title: string): RunEvent => ({
    type: 'stage',
    time,
    stage: 'prepare',
    index,
    total: 8,
    title,
  });
  const events = [started, stage(0, 'Prepare pairs'), progress(500), stage(1, 'Train the base generator')];
  const status = events.reduce(advance, NO_STATUS);
  expect(status.parts).toEqual({ total: 8, titles: ['Prepare pairs', 'Train the base generator'] });
  expect(status.progress).toBeUndefined();
  const resumed = [{ ...started, resumed: true }, stage(0, 'Prepare pairs')].reduce(advance, status);
  expect(resumed.parts).toEqual({ total: 8, titles: ['Prepare pairs'] });
});

test('keeps the memory that was told last, until another process takes the run over', () => {
  const memory = { resident: 4e8, peak: 6e8 };
  const status = [started, { ...progress(1), memory } as RunEvent, progress(2)].reduce(advance, NO_STATUS);
  expect(status.memory).toEqual(memory);
  expect(status.progress?.done).toBe(2);
  expect(advance(status, { ...started, resumed: true } as RunEvent).memory).toBeUndefined();
});
