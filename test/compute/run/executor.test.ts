import { describe, expect, it } from 'vitest';
import { createExecutor } from '../../../src/compute/executor.ts';
import type { Executor, GroupState } from '../../../src/compute/types.ts';
import { expectClose, report } from '../compare.ts';
import {
  batchOf,
  initialValues,
  learningRates,
  muonOptimizers,
  optimizers,
  smallStep,
} from '../small-step.ts';

async function train(executor: Executor, from: number, to: number): Promise<Record<string, Float32Array>[]> {
  const outputs = [];
  for (let step = from; step < to; step++) outputs.push(await executor.run(batchOf(step), learningRates));
  return outputs;
}

async function states(executor: Executor): Promise<GroupState[]> {
  return [await executor.state('generator'), await executor.state('discriminator')];
}

describe.each([
  ['Adam', optimizers],
  ['Muon', muonOptimizers],
] as const)('an executor with %s', (_, optimizers) => {
  async function open(device: 'cpu' | 'tfjs' = 'cpu'): Promise<Executor> {
    return createExecutor(smallStep, { device: await report(device), values: initialValues(), optimizers });
  }

  it('trains as tfjs does', async () => {
    const [onnx, tfjs] = [await open('cpu'), await open('tfjs')];
    const [found, wanted] = [await train(onnx, 0, 4), await train(tfjs, 0, 4)];
    for (const [step, outputs] of wanted.entries()) {
      for (const [name, output] of Object.entries(outputs)) {
        expectClose(found[step]![name]!, output, 1e-3, `${name} of step ${step}`);
      }
    }
    await onnx.dispose();
  });

  it('learns', async () => {
    const executor = await open();
    const losses = [];
    for (let step = 0; step < 30; step++) {
      losses.push((await executor.run(batchOf(0), learningRates))['loss/generator']![0]!);
    }
    expect(losses.at(-1)!).toBeLessThan(0.9 * losses[0]!);
    await executor.dispose();
  });

  it('gives the same bits twice', async () => {
    const [first, second] = [await open(), await open()];
    expect(await train(first, 0, 3)).toEqual(await train(second, 0, 3));
    expect(await states(first)).toEqual(await states(second));
    await first.dispose();
    await second.dispose();
  });

  it('goes on from a saved state as if it had not stopped', async () => {
    const whole = await open();
    await train(whole, 0, 5);
    const stopped = await open();
    await train(stopped, 0, 2);
    const [generator, discriminator] = (await states(stopped)) as [GroupState, GroupState];
    await stopped.dispose();
    const resumed = await open();
    await resumed.load('generator', generator);
    await resumed.load('discriminator', discriminator);
    await train(resumed, 2, 5);
    expect(await states(resumed)).toEqual(await states(whole));
    await whole.dispose();
    await resumed.dispose();
  });

  it('leaves a group without a learning rate as it is', async () => {
    const executor = await open();
    await executor.run(batchOf(0), { generator: 1e-3 });
    const [generator, discriminator] = (await states(executor)) as [GroupState, GroupState];
    expect(generator.stepCount).toBe(1);
    expect(generator.values).not.toEqual(initialValues().generator);
    expect(discriminator).toEqual({ values: initialValues().discriminator, stepCount: 0 });
    await executor.dispose();
  });

  it('starts the optimizer again from values alone', async () => {
    const [fresh, loaded] = [await open(), await open()];
    await train(loaded, 0, 2);
    const { generator, discriminator } = initialValues();
    await loaded.load('generator', { values: generator });
    await loaded.load('discriminator', { values: discriminator });
    await train(fresh, 5, 7);
    await train(loaded, 5, 7);
    expect(await states(loaded)).toEqual(await states(fresh));
    await fresh.dispose();
    await loaded.dispose();
  });

  it.each(['cpu', 'tfjs'] as const)('names what is wrong with a call (%s)', async (device) => {
    const executor = await open(device);
    const { source, target } = batchOf(0) as { source: Float32Array; target: Float32Array };
    await expect(executor.run({ source })).rejects.toThrow(/needs the input target \[2,16,16,3\]/);
    await expect(executor.run({ source, target: target.subarray(1) })).rejects.toThrow(
      /target .* must have 1536 values .* found 1535/,
    );
    await expect(executor.run({ source, target, mask: target })).rejects.toThrow(
      /no input mask; its inputs are source, target/,
    );
    await expect(executor.run({ source, target: new Int32Array(1536) })).rejects.toThrow(
      /must be a Float32Array/,
    );
    await expect(executor.state('lora')).rejects.toThrow(/no parameter group lora/);
    await expect(executor.load('generator', { values: new Float32Array(3) })).rejects.toThrow(
      /values of group generator .* found 3/,
    );
    await executor.dispose();
  });

  it('refuses initial values of the wrong length', async () => {
    const values = { ...initialValues(), discriminator: new Float32Array(5) };
    await expect(createExecutor(smallStep, { device: await report('cpu'), values })).rejects.toThrow(
      /group discriminator .* found 5/,
    );
  });
});
