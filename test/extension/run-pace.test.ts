import { expect, test } from 'vitest';
import { keepPace, NO_PACE } from '../../src/extension/runs/run-pace.ts';
import type { RunEvent } from '../../src/protocol/events.ts';
import type { Stage } from '../../src/protocol/stages.ts';

const started = (stage: Stage, resumed = false): RunEvent => ({
  ...{ type: 'started', time: 0, runId: 'r', stage, name: 'n', pid: 1, host: 'h', resumed },
});
const part = (stage: Stage, time: number): RunEvent => ({
  ...{ type: 'stage', stage, index: 0, total: 2, title: stage, time },
});
const progress = (done: number, time: number, unit: 'steps' | 'images' = 'steps'): RunEvent => ({
  ...{ type: 'progress', message: '', done, total: 100, unit, time },
});
const finished: RunEvent = { type: 'finished', time: 9000, status: 'succeeded', seconds: 9 };
const paceOf = (events: readonly RunEvent[]) => events.reduce(keepPace, NO_PACE);

test('a stage took its steps from the first report to the last', () => {
  const running = [started('fine-tune'), progress(1, 2000), progress(50, 4000), progress(100, 5000)];
  expect(paceOf(running).ended).toEqual([]);
  expect(paceOf([...running, finished]).ended).toEqual([{ stage: 'fine-tune', steps: 99, seconds: 3 }]);
});

test('of a run of several stages, each that has steps', () => {
  const { ended } = paceOf([
    started('quickstart'),
    part('prepare', 0),
    progress(0, 0, 'images'),
    progress(9, 500, 'images'),
    part('train-base', 1000),
    progress(10, 2000),
    progress(30, 3000),
    part('denoise', 4000),
    progress(1, 4100),
    finished,
  ]);
  expect(ended).toEqual([{ stage: 'train-base', steps: 20, seconds: 1 }]);
});

test('of a run that was resumed nothing is known', () => {
  const events = [started('collect'), progress(1, 0), progress(5, 100), started('collect', true)];
  expect(paceOf([...events, progress(90, 200), progress(100, 300), finished]).ended).toEqual([]);
});
