/** Kernels that enlarge a tensor by padding or repeating its values. */
import type { TensorType, ValueId } from '../graph/graph.ts';
import type { KernelRules } from './kernel-rule.ts';
import type { Lowering } from './lowering.ts';
import { withShape } from './shape.ts';

function paddedType(input: TensorType, paddings: readonly (readonly [number, number])[]): TensorType {
  return withShape(
    input,
    input.shape.map((extent, axis) => paddings[axis]![0] + extent + paddings[axis]![1]),
  );
}

/** ONNX wants all paddings before, then all after. */
function lowerPad(
  lowering: Lowering,
  input: ValueId,
  output: ValueId,
  paddings: readonly (readonly [number, number])[],
  mode: string,
  constant: readonly string[],
): void {
  const layout = lowering.layoutFor([input]);
  const ordered = lowering.perAxis(paddings, layout);
  const pads = lowering.onnx.ints([
    ...ordered.map(([before]) => before),
    ...ordered.map(([, after]) => after),
  ]);
  const value = lowering.onnx.add('Pad', [lowering.in(input, layout), pads, ...constant], {
    mode: { string: mode },
  });
  lowering.define(output, value, layout);
}

/** Symmetric padding repeats the edge, which ONNX's reflect mode leaves out: strips, reversed and joined. */
function lowerSymmetricPad(
  lowering: Lowering,
  input: ValueId,
  output: ValueId,
  paddings: readonly (readonly [number, number])[],
): void {
  const { onnx } = lowering;
  let value = lowering.logical(input);
  paddings.forEach(([before, after], axis) => {
    const extent = lowering.shape(input)[axis]!;
    const strip = (begin: number, end: number) =>
      onnx.reverse(onnx.slice(value, [axis], [begin], [end]), [axis]);
    const parts = [value];
    if (before > 0) parts.unshift(strip(0, before));
    if (after > 0) parts.push(strip(extent - after, extent));
    value = onnx.concat(parts, axis);
  });
  lowering.define(output, value, 'logical');
}

export const ENLARGING_KERNELS = {
  PadV2: {
    inputs: ['x'],
    infer: ([x], attrs) => paddedType(x!, attrs.paddings),
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const { paddings, constantValue } = node.attrs;
      const [input] = node.inputs as [ValueId];
      const constant = [lowering.scalar(constantValue, lowering.type(input).dtype)];
      lowerPad(lowering, input, node.outputs[0]!, paddings, 'constant', constant);
    },
  },
  MirrorPad: {
    inputs: ['x'],
    infer: ([x], attrs) => paddedType(x!, attrs.paddings),
    fold: 'moves',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const { paddings, mode } = node.attrs;
      const [input, output] = [node.inputs[0]!, node.outputs[0]!];
      if (mode === 'reflect') lowerPad(lowering, input, output, paddings, 'reflect', []);
      else lowerSymmetricPad(lowering, input, output, paddings);
    },
  },
  Tile: {
    inputs: ['x'],
    infer: ([x], attrs) => {
      const { reps } = attrs;
      return withShape(
        x!,
        x!.shape.map((extent, axis) => extent * reps[axis]!),
      );
    },
    fold: 'moves',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const [input] = node.inputs as [ValueId];
      const layout = lowering.layoutFor([input]);
      const reps = lowering.perAxis(node.attrs.reps, layout);
      const value = lowering.onnx.add('Tile', [lowering.in(input, layout), lowering.onnx.ints(reps)]);
      lowering.define(node.outputs[0]!, value, layout);
    },
  },
  BroadcastTo: {
    inputs: ['x'],
    infer: ([x], attrs) => withShape(x!, attrs.shape),
    fold: 'moves',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const [input, output] = [node.inputs[0]!, node.outputs[0]!];
      const shape = lowering.shape(output);
      const layout = lowering.shape(input).length === 4 ? lowering.layoutFor([input]) : 'logical';
      lowering.define(
        output,
        lowering.expand(lowering.in(input, layout), lowering.extents(shape, layout)),
        layout,
      );
    },
  },
  DepthToSpace: {
    inputs: ['x'],
    infer: ([x], attrs) => {
      const { blockSize } = attrs;
      const [batch, height, width, channels] = x!.shape as [number, number, number, number];
      const shape = [batch, height * blockSize, width * blockSize, channels / (blockSize * blockSize)];
      return withShape(x!, shape);
    },
    fold: 'never',
    cost: 'uncounted',
    // tfjs orders the channels as block row, block column, depth: ONNX's DCR.
    lower: (lowering, node) => {
      const { blockSize } = node.attrs;
      const value = lowering.onnx.add('DepthToSpace', [lowering.channelsFirst(node.inputs[0]!)], {
        blocksize: { int: blockSize },
        mode: { string: 'DCR' },
      });
      lowering.define(node.outputs[0]!, value, 'channelsFirst');
    },
  },
} satisfies KernelRules;
