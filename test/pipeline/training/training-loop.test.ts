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
  data: {},
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

  /** Losses from the first step on, and batches whose targets have this mean absolute value. */
  const trained = (lossAt: (step: number) => number, plain: number) =>
    trainingLoop({
      ...options,
      run,
      shouldStop: () => false,
      step: () => ({
        inputs: { target: Float32Array.of(plain, -plain) },
        learningRates: { generator: 1 },
      }),
      executor: executorOf(lossAt),
    });

  test('fails if it broke down in its first step, of which the beginning of the curve shows nothing', async () => {
    await expect(trained((step) => (step === 0 ? 0.68 : 1), 0.66)).rejects.toThrow(
      /loss\/l1 has risen from 0\.68 to 1\.0 over 100 steps/,
    );
  });

  test('fails after few steps, too', async () => {
    const executor = executorOf((step) => (step === 0 ? 0.68 : 1));
    const inputs = { target: Float32Array.of(0.66) };
    const step = () => ({ inputs, learningRates: { generator: 1 } });
    await expect(
      trainingLoop({ ...options, run, shouldStop: () => false, step, steps: 8, executor }),
    ).rejects.toThrow(/risen from 0\.68 to 1\.0 over 8 steps/);
    // A little worse at once, and never better.
    await expect(trained((step) => (step === 0 ? 0.74 : 0.87), 0.5)).rejects.toThrow(
      /risen from 0\.74 to 0\.87 over 100 steps/,
    );
    await expect(trained((step) => (step === 0 ? 0.73 : 0.7), 0.6)).rejects.toThrow(
      /loss\/l1 is 0\.70 after 100 steps, where a plain gray image has 0\.60, so the generator has lost/,
    );
  });

  test.each<[string, (step: number) => number, number]>([
    ['the first batch was an easy one', (step) => (step === 0 ? 0.05 : 0.2), 0.5],
    ['the images are nearly gray, and the loss falls', (step) => 0.3 - step / 1000, 0.1],
    ['nothing has been learned yet', (step) => 0.5 + (step % 3) / 50, 0.5],
  ])('does not fail if %s', async (_, lossAt, plain) => {
    expect((await trained(lossAt, plain)).finished).toBe(true);
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
