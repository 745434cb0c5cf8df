import { describe, expect, it } from 'vitest';
import { KernelGraph, type StepGraph } from '../../../src/compute/graph/graph.ts';
import { printStep, stepHash } from '../../../src/compute/graph/print.ts';
import { compile } from '../../../src/compute/trace/compile.ts';
import { convolutionStep } from '../convolution-step.ts';
import { smallStep } from '../small-step.ts';

function stepOf(build: (graph: KernelGraph) => number): StepGraph {
  const graph = new KernelGraph();
  return { graph, outputs: new Map([['value', build(graph)]]), gradients: new Map() };
}

const scalar = { shape: [], dtype: 'float32' } as const;

describe('the print of a step', () => {
  it('names sources, types, attributes, phases and results', () => {
    expect(printStep(compile(convolutionStep).step)).toMatchInlineSnapshot(`
      "%0: float32[3,3,3,8] = parameter net/filter
      %1: float32[1,16,16,3] = input image
      %2: float32[1,8,8,8] = input target
      %3: float32[1,8,8,8] = Conv2D(%1, %0) {dataFormat: "NHWC", dilations: [1,1], pad: "same", strides: 2}  # forward
      %4: float32[1,8,8,8] = Relu(%3)  # forward
      %5: float32[1,8,8,8] = Sub(%4, %2)  # forward
      %6: float32[1,8,8,8] = Square(%5)  # forward
      %7: float32[] = Mean(%6) {axis: null, keepDims: false}  # forward
      %8: float32[] = fill(2)
      %9: float32[1,8,8,8] = Multiply(%5, %8)  # backward
      %10: float32[] = fill(0.001953125)
      %11: float32[1,8,8,8] = Multiply(%10, %9)  # backward
      %12: float32[1,8,8,8] = Step(%3) {alpha: 0}  # backward
      %13: float32[1,8,8,8] = Multiply(%11, %12)  # backward
      %14: float32[3,3,3,8] = Conv2DBackpropFilter(%1, %13) {dataFormat: "NHWC", filterShape: [3,3,3,8], pad: "same", strides: 2}  # backward
      outputs:
        loss: %7
      gradients:
        net/filter: %14
      hash: 1904e49981d2"
    `);
  });

  it('shows short constants in full and summarizes long ones', () => {
    const long = Float32Array.from({ length: 300 }, (_, index) => index / 100);
    const step = stepOf((graph) => {
      graph.constant({ uniform: 0.1 }, { shape: [7], dtype: 'float32' });
      graph.constant({ uniform: 3 }, { shape: [2], dtype: 'int32' });
      graph.constant(
        { data: Float32Array.of(0.1, -0, Number.POSITIVE_INFINITY, 1 / 3) },
        { shape: [4], dtype: 'float32' },
      );
      graph.constant({ data: Int32Array.of(1, -2) }, { shape: [2], dtype: 'int32' });
      return graph.constant({ data: long }, { shape: [300], dtype: 'float32' });
    });
    expect(printStep(step)).toMatchInlineSnapshot(`
      "%0: float32[7] = fill(0.1)
      %1: int32[2] = fill(3)
      %2: float32[4] = constant [0.1,-0,Infinity,0.33333334]
      %3: int32[2] = constant [1,-2]
      %4: float32[300] = constant {count: 300, min: 0, max: 2.99, hash: 6b9ae4693047}
      outputs:
        value: %4
      hash: fb245e86104c"
    `);
  });

  it('has the same hash for the same graph, and another for any other', () => {
    expect(stepHash(compile(smallStep).step)).toBe(stepHash(compile(smallStep).step));
    const filled = (uniform: number) => stepHash(stepOf((graph) => graph.constant({ uniform }, scalar)));
    expect(filled(1)).toBe(filled(1));
    expect(filled(2)).not.toBe(filled(1));
    const held = (last: number) =>
      stepHash(
        stepOf((graph) => {
          const data = new Float32Array(100);
          data.set([9, -9, last], 50);
          return graph.constant({ data }, { shape: [100], dtype: 'float32' });
        }),
      );
    expect(held(2)).not.toBe(held(1));
  });
});
