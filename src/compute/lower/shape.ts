/** Kernels that reshape, reorder, cut and join: they keep the layout of their operand where they can. */
import type { Attributes, TensorType, ValueId } from '../graph/graph.ts';
import { backend_util as backend, slice_util as slices, util } from '../tfjs/tf.ts';
import type { KernelRules } from './kernel-rule.ts';
import type { Lowering } from './lowering.ts';

export function withShape({ dtype }: TensorType, shape: readonly number[]): TensorType {
  return { shape, dtype };
}

function sliceBounds(
  shape: readonly number[],
  attrs: Attributes['Slice'],
): { begin: number[]; size: number[] } {
  const { begin, size } = attrs;
  // parseSliceParams reads nothing but the shape.
  const [starts, sizes] = slices.parseSliceParams(
    { shape: [...shape] } as Parameters<typeof slices.parseSliceParams>[0],
    begin,
    size,
  );
  return { begin: starts!, size: sizes! };
}

function stridedSlice(shape: readonly number[], a: Attributes['StridedSlice']) {
  return slices.sliceInfo(
    [...shape],
    a.begin,
    a.end,
    a.strides,
    a.beginMask,
    a.endMask,
    a.ellipsisMask,
    a.newAxisMask,
    a.shrinkAxisMask,
  );
}

function positiveAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

function lowerReshape(lowering: Lowering, input: ValueId, output: ValueId): void {
  const value = lowering.onnx.reshape(lowering.logical(input), lowering.shape(output));
  lowering.define(output, value, 'logical');
}

function lowerSlice(
  lowering: Lowering,
  input: ValueId,
  output: ValueId,
  begin: readonly number[],
  size: readonly number[],
): void {
  const layout = lowering.layoutFor([input]);
  const cut = lowering.shape(input).flatMap((extent, axis) => (size[axis] === extent ? [] : [axis]));
  const value = lowering.onnx.slice(
    lowering.in(input, layout),
    cut.map((axis) => lowering.axis(axis, layout)),
    cut.map((axis) => begin[axis]!),
    cut.map((axis) => begin[axis]! + size[axis]!),
  );
  lowering.define(output, value, layout);
}

/** Sizes of the parts and where each begins. */
function splits(shape: readonly number[], attrs: Attributes['SplitV']): { axis: number; sizes: number[] } {
  const { numOrSizeSplits, axis } = attrs;
  const along = positiveAxis(axis, shape.length);
  const sizes = backend.prepareSplitSize(
    { shape: [...shape] } as Parameters<typeof backend.prepareSplitSize>[0],
    numOrSizeSplits,
    along,
  );
  return { axis: along, sizes };
}

export const SHAPE_KERNELS = {
  Reshape: {
    inputs: ['x'],
    infer: ([x], attrs) =>
      withShape(x!, util.inferFromImplicitShape(attrs.shape, util.sizeFromShape([...x!.shape]))),
    fold: 'moves',
    cost: 'uncounted',
    lower: (lowering, node) => lowerReshape(lowering, node.inputs[0]!, node.outputs[0]!),
  },
  ExpandDims: {
    inputs: ['input'],
    infer: ([x], attrs) => {
      const { dim } = attrs;
      return withShape(x!, x!.shape.toSpliced(positiveAxis(dim, x!.shape.length + 1), 0, 1));
    },
    fold: 'moves',
    cost: 'uncounted',
    lower: (lowering, node) => lowerReshape(lowering, node.inputs[0]!, node.outputs[0]!),
  },
  Transpose: {
    inputs: ['x'],
    infer: ([x], attrs) =>
      withShape(
        x!,
        attrs.perm.map((axis) => x!.shape[axis]!),
      ),
    fold: 'moves',
    cost: 'uncounted',
    // From an NCHW value the two permutations are one.
    lower: (lowering, node) => {
      const [input] = node.inputs as [ValueId];
      const layout = lowering.layoutFor([input]);
      const value = lowering.onnx.transpose(
        lowering.in(input, layout),
        lowering.extents(lowering.shape(input), layout),
        node.attrs.perm.map((axis) => lowering.axis(axis, layout)),
      );
      lowering.define(node.outputs[0]!, value, 'logical');
    },
  },
  Concat: {
    infer: (inputs, attrs) => {
      const axis = positiveAxis(attrs.axis, inputs[0]!.shape.length);
      return withShape(
        inputs[0]!,
        backend.computeOutShape(
          inputs.map(({ shape }) => [...shape]),
          axis,
        ),
      );
    },
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const filled = node.inputs.filter((input) => !lowering.shape(input).includes(0));
      const rank = lowering.shape(node.outputs[0]!).length;
      const axis = positiveAxis(node.attrs.axis, rank);
      const layout = lowering.layoutFor(filled);
      const operands = filled.map((input) => lowering.in(input, layout));
      const value = lowering.onnx.concat(operands, lowering.axis(axis, layout));
      lowering.define(node.outputs[0]!, value, layout);
    },
  },
  Slice: {
    inputs: ['x'],
    infer: ([x], attrs) => withShape(x!, sliceBounds(x!.shape, attrs).size),
    fold: 'moves',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const [input] = node.inputs as [ValueId];
      const { begin, size } = sliceBounds(lowering.shape(input), node.attrs);
      lowerSlice(lowering, input, node.outputs[0]!, begin, size);
    },
  },
  StridedSlice: {
    inputs: ['x'],
    infer: ([x], attrs) => withShape(x!, stridedSlice(x!.shape, attrs).finalShape),
    fold: 'moves',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const [input] = node.inputs as [ValueId];
      const { begin, end, strides } = stridedSlice(lowering.shape(input), node.attrs);
      const axes = begin.map((_, axis) => axis);
      // tfjs's end of -1 under a negative stride means "past the first value", ONNX's means the last one.
      const ends = end.map((value, axis) =>
        strides[axis]! < 0 && value < 0 ? Number.MIN_SAFE_INTEGER : value,
      );
      const value = lowering.onnx.slice(lowering.logical(input), axes, begin, ends, strides);
      lowering.define(
        node.outputs[0]!,
        lowering.onnx.reshape(value, lowering.shape(node.outputs[0]!)),
        'logical',
      );
    },
  },
  SplitV: {
    inputs: ['x'],
    infer: ([x], attrs) => {
      const { axis, sizes } = splits(x!.shape, attrs);
      return sizes.map((size) => withShape(x!, x!.shape.with(axis, size)));
    },
    fold: 'moves',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const [input] = node.inputs as [ValueId];
      const shape = lowering.shape(input);
      const { axis, sizes } = splits(shape, node.attrs);
      let start = 0;
      sizes.forEach((size, part) => {
        const begin = shape.map((_, index) => (index === axis ? start : 0));
        lowerSlice(lowering, input, node.outputs[part]!, begin, shape.with(axis, size));
        start += size;
      });
    },
  },
  Pack: {
    infer: (inputs, attrs) =>
      withShape(
        inputs[0]!,
        inputs[0]!.shape.toSpliced(positiveAxis(attrs.axis, inputs[0]!.shape.length + 1), 0, inputs.length),
      ),
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const shape = lowering.shape(node.outputs[0]!);
      const axis = positiveAxis(node.attrs.axis, shape.length);
      const parts = node.inputs.map((input) =>
        lowering.onnx.reshape(lowering.logical(input), shape.with(axis, 1)),
      );
      lowering.define(node.outputs[0]!, lowering.onnx.concat(parts, axis), 'logical');
    },
  },
  Unpack: {
    inputs: ['value'],
    infer: ([value], attrs) => {
      const axis = positiveAxis(attrs.axis, value!.shape.length);
      const type = withShape(value!, value!.shape.toSpliced(axis, 1));
      return Array.from({ length: value!.shape[axis]! }, () => type);
    },
    fold: 'moves',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const [input] = node.inputs as [ValueId];
      const axis = positiveAxis(node.attrs.axis, lowering.shape(input).length);
      node.outputs.forEach((output, index) => {
        const part = lowering.onnx.slice(lowering.logical(input), [axis], [index], [index + 1]);
        lowering.define(output, lowering.onnx.reshape(part, lowering.shape(output)), 'logical');
      });
    },
  },
  Reverse: {
    inputs: ['x'],
    infer: ([x]) => x!,
    fold: 'moves',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const [input] = node.inputs as [ValueId];
      const layout = lowering.layoutFor([input]);
      const axes = util.parseAxisParam(node.attrs.dims, [...lowering.shape(input)]);
      const value = lowering.onnx.reverse(
        lowering.in(input, layout),
        axes.map((axis) => lowering.axis(axis, layout)),
      );
      lowering.define(node.outputs[0]!, value, layout);
    },
  },
} satisfies KernelRules;
