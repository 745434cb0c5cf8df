/** Reductions and softmax. */
import type { Attributes, TensorType, ValueId } from '../graph/graph.ts';
import { util } from '../tfjs/tf.ts';
import { type KernelRule, type KernelRules, sameType } from './kernel-rule.ts';
import type { Lowering } from './lowering.ts';

/** Kernels that reduce along axes. `Max` calls its axes reductionIndices, `Mean` and its kind axis. */
type ReductionName = 'Sum' | 'Mean' | 'Max' | 'Min' | 'Prod' | 'All' | 'Any';

type ReductionAttrs = Attributes[ReductionName];

function reducedAxes(shape: readonly number[], attrs: ReductionAttrs): number[] {
  const axes = 'reductionIndices' in attrs ? attrs.reductionIndices : attrs.axis;
  return util.parseAxisParam(axes ?? shape.map((_, index) => index), [...shape]);
}

function reducedShape(shape: readonly number[], attrs: ReductionAttrs): readonly number[] {
  const axes = new Set(reducedAxes(shape, attrs));
  return attrs.keepDims
    ? shape.map((extent, axis) => (axes.has(axis) ? 1 : extent))
    : shape.filter((_, axis) => !axes.has(axis));
}

/** ReduceSum takes its axes as an input since opset 13, the others as an attribute up to opset 17. */
function reduce({ onnx }: Lowering, op: string, value: string, axes: readonly number[]): string {
  return op === 'ReduceSum'
    ? onnx.add(op, [value, onnx.ints(axes)], { keepdims: { int: 1 } })
    : onnx.add(op, [value], { axes: { ints: axes }, keepdims: { int: 1 } });
}

/** Number of rows from which a product sums them faster. */
const MANY_ROWS = 64;

/**
 * The sum over the rows of a matrix, keeping the axis: the gradient of every linear layer's bias. A product with ones
 * runs on all threads, while ReduceSum along the first axis does not: 0.5 against 1.1 ms for 4096 x 512.
 */
function sumOfRows({ onnx }: Lowering, matrix: string, rows: number): string {
  const ones = onnx.initializer('float32', [1, rows], new Float32Array(rows).fill(1));
  return onnx.add('MatMul', [ones, matrix]);
}

/**
 * Reduces in the layout the value is in, keeping the reduced axes, then drops them. Over batch and pixels
 * of an NCHW value the axes 0, 2, 3 are not adjacent, for which ONNX Runtime has no fast loop: two steps.
 */
function lowerReduction(
  lowering: Lowering,
  op: string,
  input: ValueId,
  output: ValueId,
  attrs: ReductionAttrs,
): void {
  const shape = lowering.shape(input);
  const axes = reducedAxes(shape, attrs);
  const layout = lowering.layoutFor([input]);
  let value = lowering.in(input, layout);
  const physical = axes.map((axis) => lowering.axis(axis, layout)).sort((a, b) => a - b);
  const split =
    layout === 'channelsFirst' && physical.includes(0) && physical.length > 1 && !physical.includes(1);
  const { dtype } = lowering.type(input);
  const ofRows = shape.length === 2 && axes.join() === '0' && shape[0]! >= MANY_ROWS;
  if (op === 'ReduceSum' && dtype === 'float32' && ofRows) {
    const sum = sumOfRows(lowering, lowering.logical(input), shape[0]!);
    lowering.define(output, lowering.onnx.reshape(sum, lowering.shape(output)), 'logical');
    return;
  }
  for (const group of split ? [physical.slice(1), [0]] : [physical]) {
    if (group.length > 0) value = reduce(lowering, op, value, group);
  }
  if (attrs.keepDims) {
    lowering.define(output, value, layout);
    return;
  }
  if (layout === 'channelsFirst') {
    const kept = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
    value = lowering.onnx.transpose(value, lowering.extents(kept, layout), [0, 2, 3, 1]);
  }
  lowering.define(output, lowering.onnx.reshape(value, lowering.shape(output)), 'logical');
}

function reduction<Name extends ReductionName>(op: string): KernelRule<Name> {
  return {
    inputs: ['x'],
    infer: ([input], attrs) => ({ shape: reducedShape(input!.shape, attrs), dtype: input!.dtype }),
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => lowerReduction(lowering, op, node.inputs[0]!, node.outputs[0]!, node.attrs),
  };
}

/** All and Any of booleans, as the smallest and the largest of 0 and 1. */
function booleanReduction<Name extends 'All' | 'Any'>(op: string): KernelRule<Name> {
  return {
    ...reduction<Name>(op),
    lower: (lowering, node) => {
      const [input, output] = [node.inputs[0]!, node.outputs[0]!];
      const axes = reducedAxes(lowering.shape(input), node.attrs);
      const reduced = reduce(lowering, op, lowering.cast(lowering.logical(input), 'float32'), axes);
      const value = lowering.onnx.reshape(lowering.cast(reduced, 'bool'), lowering.shape(output));
      lowering.define(output, value, 'logical');
    },
  };
}

/** Softmax in logical order: along the channels of an NCHW value the CPU engine would stride through memory. */
function softmax<Name extends 'Softmax' | 'LogSoftmax'>(
  op: string,
  axisOf: (attrs: Attributes[Name]) => number,
): KernelRule<Name> {
  return {
    inputs: ['logits'],
    infer: sameType,
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const [input] = node.inputs as [ValueId];
      const axis = axisOf(node.attrs);
      const rank = lowering.shape(input).length;
      const value = lowering.onnx.add(op, [lowering.logical(input)], {
        axis: { int: axis < 0 ? axis + rank : axis },
      });
      lowering.define(node.outputs[0]!, value, 'logical');
    },
  };
}

const floatMean = ([input]: readonly TensorType[], attrs: Attributes['Mean']): TensorType => ({
  shape: reducedShape(input!.shape, attrs),
  dtype: 'float32',
});

export const REDUCTIONS = {
  Sum: reduction('ReduceSum'),
  Mean: { ...reduction('ReduceMean'), infer: floatMean },
  Max: reduction('ReduceMax'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  All: booleanReduction('ReduceMin'),
  Any: booleanReduction('ReduceMax'),
  Softmax: softmax('Softmax', ({ dim }) => dim),
  LogSoftmax: softmax('LogSoftmax', ({ axis }) => axis),
} satisfies KernelRules;
