import { afterEach, describe, expect, it, vi } from 'vitest';
import { compile } from '../../../src/compute/trace/compile.ts';
import type { Executor } from '../../../src/compute/types.ts';
import { report } from '../compare.ts';
import { batchOf, initialValues, learningRates, optimizers, smallStep } from '../small-step.ts';

afterEach(() => {
  vi.doUnmock('../../../src/compute/onnx/native-session.ts');
  vi.resetModules();
});

async function executor(): Promise<Executor> {
  const { OnnxExecutor } = await import('../../../src/compute/run/onnx-executor.ts');
  return OnnxExecutor.create(compile(smallStep), {
    device: await report('cpu'),
    values: initialValues(),
    optimizers,
  });
}

/** Losses of five steps, and where the parameters end. */
async function train(steps: Executor) {
  const losses = [];
  for (let step = 0; step < 5; step++) losses.push(await steps.run(batchOf(step), learningRates));
  const states = [];
  for (const group of Object.keys(smallStep.parameters)) states.push(await steps.state(group));
  await steps.dispose();
  return { losses, states };
}

describe('a bound session', () => {
  it('uses the C interface here', async () => {
    const { createNativeSession } = await import('../../../src/compute/onnx/native-session.ts');
    const { OnnxGraph } = await import('../../../src/compute/onnx/onnx-graph.ts');
    const graph = new OnnxGraph();
    graph.output('y', graph.input('x', 'float32', [1]), 'float32', [1]);
    const ends = ['x', 'y'].map((name) => [{ name, dims: [1], data: new Float32Array(new ArrayBuffer(4)) }]);
    const session = await createNativeSession(graph, 'identity', 1, ends[0]!, ends[1]!);
    ends[0]![0]!.data[0] = 3;
    await session!.run();
    expect(ends[1]![0]!.data[0]).toBe(3);
    await session!.release();
  });

  it('falls back to the binding where the C interface cannot be used, with the same bits', async () => {
    const native = await train(await executor());
    vi.resetModules();
    vi.doMock('../../../src/compute/onnx/native-session.ts', () => ({
      createNativeSession: async () => undefined,
    }));
    expect(await train(await executor())).toEqual(native);
  });

  it('says what the runtime says when a graph is wrong', async () => {
    const { createNativeSession } = await import('../../../src/compute/onnx/native-session.ts');
    const { OnnxGraph } = await import('../../../src/compute/onnx/onnx-graph.ts');
    const graph = new OnnxGraph();
    graph.output('y', graph.add('NoSuchOperator', [graph.input('x', 'float32', [1])]), 'float32', [1]);
    await expect(createNativeSession(graph, 'wrong', 1, [], [])).rejects.toThrow(/NoSuchOperator/);
  });
});
