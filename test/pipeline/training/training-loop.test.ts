import { describe, expect, test } from 'vitest';
import type { Executor } from '../../../src/compute/types.ts';
import { trainingLoop } from '../../../src/pipeline/training/training-loop.ts';
import { temporaryFolder } from '../../temporary-folders.ts';

/** Answers with planted losses instead of training. */
function executorOf(lossAt: (step: number) => number): Executor {
  let step = 0;
  return {
    name: 'planted losses',
    run: async () => ({ 'loss/l1': Float32Array.of(lossAt(step++)) }),
    values: async () => new Float32Array(1),
    state: async () => ({ values: new Float32Array(1), stepCount: step }),
    load: async () => {},
    dispose: async () => {},
  };
}

const options = {
  resume: false,
  groups: ['generator'],
  architecture: { kind: 'test' },
  steps: 100,
  step: () => ({ inputs: {}, learningRates: { generator: 1 } }),
  checkpointEvery: 1000,
  message: 'training base tiny',
};

describe('a training whose loss rises', () => {
  const run = { folder: temporaryFolder(), emit: () => {} };

  test('fails with what to change, though every loss is finite', async () => {
    const saturates = executorOf((step) => (step < 60 ? 0.4 : 1.1));
    await expect(
      trainingLoop({ ...options, run, shouldStop: () => false, executor: saturates }),
    ).rejects.toThrow(/training base tiny: loss\/l1 has risen from 0\.40 to 1\.1.*Lower the learning rate/);
  });

  test('is no failure where it comes down again, or goes up and down with the batches', async () => {
    const warmsUp = executorOf((step) => (step > 5 && step < 60 ? 1.1 : 0.4));
    const noisy = executorOf((step) => (step % 2 === 0 ? 0.3 : 0.5));
    for (const executor of [warmsUp, noisy]) {
      const outcome = await trainingLoop({ ...options, run, shouldStop: () => false, executor });
      expect(outcome.finished).toBe(true);
    }
  });

  test('is found after a resume, too', async () => {
    const folder = temporaryFolder();
    let asked = 0;
    const first = await trainingLoop({
      ...options,
      run: { folder, emit: () => {} },
      shouldStop: () => asked++ === 50,
      executor: executorOf(() => 0.4),
    });
    expect(first).toMatchObject({ finished: false, stepsDone: 50 });
    await expect(
      trainingLoop({
        ...options,
        run: { folder, emit: () => {} },
        resume: true,
        shouldStop: () => false,
        executor: executorOf(() => 1.1),
      }),
    ).rejects.toThrow(/has risen from 0\.40 to 1\.1/);
  });
});
