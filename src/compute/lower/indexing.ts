/** Gathers, their gradients and one-hot vectors. */
import type { Dtype, ValueId } from '../graph/graph.ts';
import { sizeOf } from '../layout.ts';
import { type KernelRules, sameType } from './kernel-rule.ts';
import type { Lowering } from './lowering.ts';

function counting(lowering: Lowering, count: number, dims: readonly number[]): string {
  return lowering.onnx.initializer(
    'int32',
    dims,
    Int32Array.from({ length: count }, (_, index) => index),
  );
}

export const INDEXING = {
  GatherV2: {
    inputs: ['x', 'indices'],
    infer: ([x, indices], attrs) => {
      const { axis, batchDims } = attrs;
      if (batchDims) throw new Error('tf.gather with batchDims has no lowering rule; use batchDims 0.');
      return { shape: x!.shape.toSpliced(axis, 1, ...indices!.shape), dtype: x!.dtype };
    },
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const [input, indices] = node.inputs as [ValueId, ValueId];
      const { axis } = node.attrs;
      const operands = [lowering.logical(input), lowering.logical(indices)];
      lowering.define(
        node.outputs[0]!,
        lowering.onnx.add('Gather', operands, { axis: { int: axis } }),
        'logical',
      );
    },
  },
  // The gradient of a gather. As a product with a one-hot matrix: the sum's order is fixed on every engine,
  // which a scatter with repeated rows does not promise.
  UnsortedSegmentSum: {
    inputs: ['x', 'segmentIds'],
    infer: ([x, segmentIds], attrs) => ({
      shape: [attrs.numSegments, ...x!.shape.slice(segmentIds!.shape.length)],
      dtype: x!.dtype,
    }),
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const { onnx } = lowering;
      const [input, segmentIds] = node.inputs as [ValueId, ValueId];
      const { numSegments } = node.attrs;
      const rows = sizeOf(lowering.shape(segmentIds));
      const rowSize = sizeOf(lowering.shape(input)) / rows;
      const ids = onnx.reshape(lowering.logical(segmentIds), [1, rows]);
      const equal = onnx.add('Equal', [counting(lowering, numSegments, [numSegments, 1]), ids]);
      const oneHot = lowering.cast(equal, 'float32');
      const product = onnx.add('MatMul', [oneHot, onnx.reshape(lowering.logical(input), [rows, rowSize])]);
      const output = node.outputs[0]!;
      lowering.define(output, onnx.reshape(product, lowering.shape(output)), 'logical');
    },
  },
  OneHot: {
    inputs: ['indices'],
    infer: ([indices], attrs) => {
      const { depth, dtype } = attrs;
      return { shape: [...indices!.shape, depth], dtype: dtype as Dtype };
    },
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const { onnx } = lowering;
      const [indices] = node.inputs as [ValueId];
      const { depth, onValue, offValue } = node.attrs;
      const { dtype } = lowering.type(node.outputs[0]!);
      const column = onnx.reshape(lowering.logical(indices), [...lowering.shape(indices), 1]);
      const equal = onnx.add('Equal', [column, counting(lowering, depth, [depth])]);
      const value =
        onValue === 1 && offValue === 0
          ? lowering.cast(equal, dtype)
          : onnx.add('Where', [equal, lowering.scalar(onValue, dtype), lowering.scalar(offValue, dtype)]);
      lowering.define(node.outputs[0]!, value, 'logical');
    },
  },
  Cumsum: {
    inputs: ['x'],
    infer: sameType,
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const { axis, exclusive, reverse } = node.attrs;
      const along = lowering.onnx.initializer('int32', [], Int32Array.of(axis));
      const value = lowering.onnx.add('CumSum', [lowering.logical(node.inputs[0]!), along], {
        exclusive: { int: exclusive ? 1 : 0 },
        reverse: { int: reverse ? 1 : 0 },
      });
      lowering.define(node.outputs[0]!, value, 'logical');
    },
  },
} satisfies KernelRules;
