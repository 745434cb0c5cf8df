/**
 * Resizing and average pooling. Each is a linear map of the rows times a linear map of the columns, so
 * every case, gradients included, can be two products with small constant matrices. The common cases,
 * nearest-neighbor upscaling by a whole factor and pooling itself, have operators.
 */
import type { Attributes, NodeOf, TensorType, ValueId } from '../graph/graph.ts';
import { backend_util as backend } from '../tfjs/tf.ts';
import { type KernelRules, sameType } from './kernel-rule.ts';
import type { Lowering } from './lowering.ts';

/** Weights [outputs][inputs] along one axis. */
type AxisMap = readonly Float32Array[];

function axisMap(
  inputs: number,
  outputs: number,
  fill: (output: number, row: Float32Array) => void,
): AxisMap {
  return Array.from({ length: outputs }, (_, output) => {
    const row = new Float32Array(inputs);
    fill(output, row);
    return row;
  });
}

function resizeScale(inputs: number, outputs: number, alignCorners: boolean): number {
  return alignCorners && outputs > 1 ? (inputs - 1) / (outputs - 1) : inputs / outputs;
}

/** Nearest-neighbor resizing, with the source of each output as tfjs's CPU backend computes it. */
function nearestMap(inputs: number, outputs: number, alignCorners: boolean, halfPixel: boolean): AxisMap {
  const scale = resizeScale(inputs, outputs, alignCorners);
  return axisMap(inputs, outputs, (output, row) => {
    const source = halfPixel ? scale * (output + 0.5) : scale * output;
    const nearest = Math.min(inputs - 1, alignCorners ? Math.round(source) : Math.floor(source));
    row[halfPixel ? Math.max(0, nearest) : nearest] = 1;
  });
}

function bilinearMap(inputs: number, outputs: number, alignCorners: boolean, halfPixel: boolean): AxisMap {
  const scale = resizeScale(inputs, outputs, alignCorners);
  return axisMap(inputs, outputs, (output, row) => {
    const source = halfPixel ? scale * (output + 0.5) - 0.5 : scale * output;
    const low = Math.max(0, Math.floor(source));
    const high = Math.min(inputs - 1, Math.ceil(source));
    const fraction = source - low;
    row[low] = row[low]! + 1 - fraction;
    row[high] = row[high]! + fraction;
  });
}

function poolMap(inputs: number, outputs: number, size: number, stride: number, padBefore: number): AxisMap {
  return axisMap(inputs, outputs, (output, row) => {
    const begin = Math.max(0, output * stride - padBefore);
    const end = Math.min(inputs, output * stride - padBefore + size);
    row.fill(1 / (end - begin), begin, end);
  });
}

function matrix({ onnx }: Lowering, map: AxisMap, transposed: boolean): string {
  const [rows, columns] = [map.length, map[0]!.length];
  const data = new Float32Array(rows * columns);
  map.forEach((row, index) => {
    data.set(row, index * columns);
  });
  const name = onnx.initializer('float32', [rows, columns], data);
  return transposed ? onnx.transpose(name, [rows, columns], [1, 0]) : name;
}

/** Applies the maps of rows and columns to an image, or their transposes to a gradient. */
function applyMaps(
  lowering: Lowering,
  node: ResizeNode | NodeOf<'AvgPoolGrad'>,
  image: ValueId,
  rows: AxisMap,
  columns: AxisMap,
  gradient: boolean,
): void {
  const { onnx } = lowering;
  const alongColumns = onnx.add('MatMul', [
    lowering.channelsFirst(image),
    matrix(lowering, columns, !gradient),
  ]);
  const value = onnx.add('MatMul', [matrix(lowering, rows, gradient), alongColumns]);
  lowering.define(node.outputs[0]!, value, 'channelsFirst');
}

type ResizeMap = typeof nearestMap;

type ResizeName = 'ResizeNearestNeighbor' | 'ResizeBilinear';
type ResizeNode = NodeOf<ResizeName> | NodeOf<`${ResizeName}Grad`>;

function resizedType([image]: readonly TensorType[], { size }: Attributes[ResizeName]): TensorType {
  return { shape: [image!.shape[0]!, ...size, image!.shape[3]!], dtype: 'float32' };
}

function lowerResize(lowering: Lowering, node: ResizeNode, map: ResizeMap, gradient: boolean): void {
  const { alignCorners, halfPixelCenters } = node.attrs;
  const [image, dy] = node.inputs as [ValueId, ValueId];
  const [, inHeight, inWidth] = lowering.shape(image) as [number, number, number, number];
  const [, outHeight, outWidth] = lowering.shape(gradient ? dy : node.outputs[0]!) as [
    number,
    number,
    number,
    number,
  ];
  // tfjs's gradients do not support half-pixel centers.
  const halfPixel = halfPixelCenters && !gradient;
  const rows = map(inHeight, outHeight, alignCorners, halfPixel);
  const columns = map(inWidth, outWidth, alignCorners, halfPixel);
  applyMaps(lowering, node, gradient ? dy : image, rows, columns, gradient);
}

/** The factor of a nearest-neighbor resize that repeats each pixel; undefined for any other. */
function wholeFactor(
  small: readonly number[],
  large: readonly number[],
  attrs: Attributes['ResizeNearestNeighbor'],
): number | undefined {
  const factor = large[1]! / small[1]!;
  const whole = Number.isInteger(factor) && large[2]! / small[2]! === factor;
  return whole && !attrs.alignCorners ? factor : undefined;
}

function pooling(
  image: readonly number[],
  attrs: Attributes['AvgPoolGrad'] & Partial<Pick<Attributes['AvgPool'], 'dimRoundingMode'>>,
): ReturnType<typeof backend.computePool2DInfo> {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  return backend.computePool2DInfo(
    [...image] as unknown as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad as Parameters<typeof backend.computePool2DInfo>[4],
    dimRoundingMode,
  );
}

export const IMAGE_KERNELS = {
  ResizeNearestNeighbor: {
    inputs: ['images'],
    infer: resizedType,
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const [image, output] = [node.inputs[0]!, node.outputs[0]!];
      const factor = wholeFactor(lowering.shape(image), lowering.shape(output), node.attrs);
      if (factor === undefined) {
        lowerResize(lowering, node, nearestMap, false);
        return;
      }
      const { onnx } = lowering;
      const scales = onnx.initializer('float32', [4], Float32Array.of(1, 1, factor, factor));
      const value = onnx.add('Resize', [lowering.channelsFirst(image), '', scales], {
        mode: { string: 'nearest' },
        coordinate_transformation_mode: { string: 'asymmetric' },
        nearest_mode: { string: 'floor' },
      });
      lowering.define(output, value, 'channelsFirst');
    },
  },
  ResizeNearestNeighborGrad: {
    inputs: ['images', 'dy'],
    infer: sameType,
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => lowerResize(lowering, node, nearestMap, true),
  },
  ResizeBilinear: {
    inputs: ['images'],
    infer: resizedType,
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => lowerResize(lowering, node, bilinearMap, false),
  },
  ResizeBilinearGrad: {
    inputs: ['images', 'dy'],
    infer: sameType,
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => lowerResize(lowering, node, bilinearMap, true),
  },
  // Pixels outside the image are not counted, as in tfjs.
  AvgPool: {
    inputs: ['x'],
    infer: ([x], attrs) => ({ shape: pooling(x!.shape, attrs).outShape, dtype: 'float32' }),
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const [image] = node.inputs as [ValueId];
      const info = pooling(lowering.shape(image), node.attrs);
      const { top, left, bottom, right } = info.padInfo;
      const value = lowering.onnx.add('AveragePool', [lowering.channelsFirst(image)], {
        kernel_shape: { ints: [info.filterHeight, info.filterWidth] },
        strides: { ints: [info.strideHeight, info.strideWidth] },
        pads: { ints: [top, left, bottom, right] },
      });
      lowering.define(node.outputs[0]!, value, 'channelsFirst');
    },
  },
  AvgPoolGrad: {
    inputs: ['dy', 'input'],
    infer: ([, input]) => input!,
    fold: 'never',
    cost: 'uncounted',
    lower: (lowering, node) => {
      const [dy, image] = node.inputs as [ValueId, ValueId];
      const info = pooling(lowering.shape(image), node.attrs);
      const rows = poolMap(
        info.inHeight,
        info.outHeight,
        info.filterHeight,
        info.strideHeight,
        info.padInfo.top,
      );
      const columns = poolMap(
        info.inWidth,
        info.outWidth,
        info.filterWidth,
        info.strideWidth,
        info.padInfo.left,
      );
      applyMaps(lowering, node, dy, rows, columns, true);
    },
  },
} satisfies KernelRules;
