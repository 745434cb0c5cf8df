/** Each rewriting rule alone, on a step that it applies to: the graph as it was traced, and after the rule. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { printStep } from '../../../src/compute/graph/print.ts';
import * as tf from '../../../src/compute/tfjs/tf.ts';
import { removeDead } from '../../../src/compute/trace/remove-dead.ts';
import { REWRITING_RULES } from '../../../src/compute/trace/rewriting-rules.ts';
import { simplify } from '../../../src/compute/trace/simplify.ts';
import { trace } from '../../../src/compute/trace/trace.ts';
import type { TensorSpec } from '../../../src/compute/types.ts';

type RuleName = keyof typeof REWRITING_RULES;

function rewritten(rule: RuleName, run: (x: Tensor) => Tensor, spec: TensorSpec = { shape: [2, 3] }): string {
  const traced = trace({
    name: rule,
    parameters: {},
    inputs: { x: spec },
    run: ({ inputs }) => ({ outputs: { value: run(inputs.x!) } }),
  });
  const after = removeDead(simplify(traced, [REWRITING_RULES[rule]]));
  const withoutHash = (text: string) => text.split('\nhash: ')[0]!;
  return [withoutHash(printStep(traced)), 'becomes', withoutHash(printStep(after))].join('\n');
}

/** One case for each rule: a rule without one does not compile. */
const CASES: Readonly<Record<RuleName, () => void>> = {
  moveUniform: () => {
    const text = rewritten('moveUniform', (x) => tf.maximum(x, tf.reshape(tf.zeros([6]), [2, 3])));
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,3] = input x
      %1: float32[6] = fill(0)
      %2: float32[2,3] = Reshape(%1) {shape: [2,3]}  # forward
      %3: float32[2,3] = Maximum(%0, %2)  # forward
      outputs:
        value: %3
      becomes
      %0: float32[2,3] = input x
      %1: float32[2,3] = fill(0)
      %2: float32[2,3] = Maximum(%0, %1)  # forward
      outputs:
        value: %2"
    `);
  },
  foldUniform: () => {
    const text = rewritten('foldUniform', (x) => tf.maximum(x, tf.sqrt(tf.add(tf.scalar(1), tf.scalar(3)))));
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,3] = input x
      %1: float32[] = fill(1)
      %2: float32[] = fill(3)
      %3: float32[] = Add(%1, %2)  # forward
      %4: float32[] = Sqrt(%3)  # forward
      %5: float32[2,3] = Maximum(%0, %4)  # forward
      outputs:
        value: %5
      becomes
      %0: float32[2,3] = input x
      %1: float32[] = fill(2)
      %2: float32[2,3] = Maximum(%0, %1)  # forward
      outputs:
        value: %2"
    `);
  },
  multiplyByZero: () => {
    const text = rewritten('multiplyByZero', (x) => tf.mul(tf.exp(x), tf.zerosLike(x)));
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,3] = input x
      %1: float32[2,3] = Exp(%0)  # forward
      %2: float32[2,3] = fill(0)
      %3: float32[2,3] = Multiply(%1, %2)  # forward
      outputs:
        value: %3
      becomes
      %0: float32[2,3] = fill(0)
      outputs:
        value: %0"
    `);
  },
  multiplyByOne: () => {
    const text = rewritten('multiplyByOne', (x) => tf.exp(tf.mul(tf.onesLike(x), x)));
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,3] = input x
      %1: float32[2,3] = fill(1)
      %2: float32[2,3] = Multiply(%1, %0)  # forward
      %3: float32[2,3] = Exp(%2)  # forward
      outputs:
        value: %3
      becomes
      %0: float32[2,3] = input x
      %1: float32[2,3] = Exp(%0)  # forward
      outputs:
        value: %1"
    `);
  },
  addZero: () => {
    const text = rewritten('addZero', (x) => tf.exp(tf.add(x, tf.zeros([2, 2, 3]))));
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,3] = input x
      %1: float32[2,2,3] = fill(0)
      %2: float32[2,2,3] = Add(%0, %1)  # forward
      %3: float32[2,2,3] = Exp(%2)  # forward
      outputs:
        value: %3
      becomes
      %0: float32[2,3] = input x
      %1: float32[2,2,3] = BroadcastTo(%0) {shape: [2,2,3]}  # forward
      %2: float32[2,2,3] = Exp(%1)  # forward
      outputs:
        value: %2"
    `);
  },
  subtractZero: () => {
    const text = rewritten('subtractZero', (x) => tf.exp(tf.sub(x, 0)));
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,3] = input x
      %1: float32[] = fill(0)
      %2: float32[2,3] = Sub(%0, %1)  # forward
      %3: float32[2,3] = Exp(%2)  # forward
      outputs:
        value: %3
      becomes
      %0: float32[2,3] = input x
      %1: float32[2,3] = Exp(%0)  # forward
      outputs:
        value: %1"
    `);
  },
  divideByOne: () => {
    const text = rewritten('divideByOne', (x) => tf.exp(tf.div(x, 1)));
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,3] = input x
      %1: float32[] = fill(1)
      %2: float32[2,3] = RealDiv(%0, %1)  # forward
      %3: float32[2,3] = Exp(%2)  # forward
      outputs:
        value: %3
      becomes
      %0: float32[2,3] = input x
      %1: float32[2,3] = Exp(%0)  # forward
      outputs:
        value: %1"
    `);
  },
  powerOfOne: () => {
    const text = rewritten('powerOfOne', (x) => tf.exp(tf.pow(x, 1)));
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,3] = input x
      %1: float32[] = fill(1)
      %2: float32[2,3] = Pow(%0, %1)  # forward
      %3: float32[2,3] = Exp(%2)  # forward
      outputs:
        value: %3
      becomes
      %0: float32[2,3] = input x
      %1: float32[2,3] = Exp(%0)  # forward
      outputs:
        value: %1"
    `);
  },
  castToSameType: () => {
    const text = rewritten('castToSameType', (x) =>
      tf.engine().runKernel('Cast', { x }, { dtype: 'float32' }),
    );
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,3] = input x
      %1: float32[2,3] = Cast(%0) {dtype: "float32"}  # forward
      outputs:
        value: %1
      becomes
      %0: float32[2,3] = input x
      outputs:
        value: %0"
    `);
  },
  keepShape: () => {
    const text = rewritten('keepShape', (x) => tf.exp(tf.slice(tf.reshape(x, [2, 3]), [0, 0], [-1, 3])));
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,3] = input x
      %1: float32[2,3] = Reshape(%0) {shape: [2,3]}  # forward
      %2: float32[2,3] = Slice(%1) {begin: [0,0], size: [-1,3]}  # forward
      %3: float32[2,3] = Exp(%2)  # forward
      outputs:
        value: %3
      becomes
      %0: float32[2,3] = input x
      %1: float32[2,3] = Exp(%0)  # forward
      outputs:
        value: %1"
    `);
  },
  concatOne: () => {
    const text = rewritten('concatOne', (x) => tf.engine().runKernel('Concat', [x] as never, { axis: 0 }));
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,3] = input x
      %1: float32[2,3] = Concat(%0) {axis: 0}  # forward
      outputs:
        value: %1
      becomes
      %0: float32[2,3] = input x
      outputs:
        value: %0"
    `);
  },
  expandDimsAsReshape: () => {
    const text = rewritten('expandDimsAsReshape', (x) => tf.expandDims(x, 1));
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,3] = input x
      %1: float32[2,1,3] = ExpandDims(%0) {dim: 1}  # forward
      outputs:
        value: %1
      becomes
      %0: float32[2,3] = input x
      %1: float32[2,1,3] = Reshape(%0) {shape: [2,1,3]}  # forward
      outputs:
        value: %1"
    `);
  },
  tileAsBroadcast: () => {
    const text = rewritten('tileAsBroadcast', (x) => tf.tile(x, [4, 1]), { shape: [1, 3] });
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[1,3] = input x
      %1: float32[4,3] = Tile(%0) {reps: [4,1]}  # forward
      outputs:
        value: %1
      becomes
      %0: float32[1,3] = input x
      %1: float32[4,3] = BroadcastTo(%0) {shape: [4,3]}  # forward
      outputs:
        value: %1"
    `);
  },
  joinReshapes: () => {
    const text = rewritten('joinReshapes', (x) => tf.reshape(tf.reshape(x, [6]), [3, 2]));
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,3] = input x
      %1: float32[6] = Reshape(%0) {shape: [6]}  # forward
      %2: float32[3,2] = Reshape(%1) {shape: [3,2]}  # forward
      outputs:
        value: %2
      becomes
      %0: float32[2,3] = input x
      %1: float32[3,2] = Reshape(%0) {shape: [3,2]}  # forward
      outputs:
        value: %1"
    `);
  },
  sumOfOneAsReshape: () => {
    const text = rewritten('sumOfOneAsReshape', (x) => tf.sum(x, 1), { shape: [2, 1] });
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[2,1] = input x
      %1: float32[2] = Sum(%0) {axis: 1, keepDims: false}  # forward
      outputs:
        value: %1
      becomes
      %0: float32[2,1] = input x
      %1: float32[2] = Reshape(%0) {shape: [2]}  # forward
      outputs:
        value: %1"
    `);
  },
  broadcastLast: () => {
    const text = rewritten(
      'broadcastLast',
      (x) =>
        tf.exp(
          tf.mul(
            tf.engine().runKernel('BroadcastTo', { x }, { shape: [4, 3] }) as Tensor,
            tf.fill([4, 3], 2),
          ),
        ),
      { shape: [1, 3] },
    );
    expect(text).toMatchInlineSnapshot(`
      "%0: float32[1,3] = input x
      %1: float32[4,3] = BroadcastTo(%0) {shape: [4,3]}  # forward
      %2: float32[4,3] = fill(2)
      %3: float32[4,3] = Multiply(%1, %2)  # forward
      %4: float32[4,3] = Exp(%3)  # forward
      outputs:
        value: %4
      becomes
      %0: float32[1,3] = input x
      %1: float32[] = fill(2)
      %2: float32[1,3] = Multiply(%0, %1)  # forward
      %3: float32[1,3] = Exp(%2)  # forward
      %4: float32[4,3] = BroadcastTo(%3) {shape: [4,3]}  # forward
      outputs:
        value: %4"
    `);
  },
};

it.each(Object.entries(CASES))('%s', (_, check) => check());
