/** Convolutions: tfjs's NHWC images and HWIO filters become ONNX's NCHW images and OIHW filters. */
import type {
  Conv2DAttrs,
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
} from '@tensorflow/tfjs-core/dist/kernel_names.js';
import type { Attributes, ValueId } from './graph.ts';
import { attributes, type KernelRules } from './kernel-rule.ts';
import type { Lowering } from './lowering.ts';
import type { OnnxAttribute } from './onnx-graph.ts';
import { backend_util as backend } from './tf.ts';
import { type ConvolutionShape, filterGradient } from './weight-gradient.ts';

type Shape4 = readonly [number, number, number, number];

interface GeometryAttrs {
  readonly strides: [number, number] | number;
  readonly pad: Conv2DAttrs['pad'];
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Resolves tfjs's attributes ('same', 'valid', explicit paddings) to numbers. */
function convolutionShape(
  image: readonly number[],
  filter: readonly number[],
  attrs: Attributes,
): ConvolutionShape {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attributes<GeometryAttrs>(attrs);
  if (dataFormat === 'NCHW')
    throw new Error('Convolutions in NCHW have no lowering rule; write the model in NHWC.');
  const info = backend.computeConv2DInfo(
    [...image] as unknown as [number, number, number, number],
    [...filter] as unknown as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad as Parameters<typeof backend.computeConv2DInfo>[4],
    dimRoundingMode,
  );
  return {
    batch: info.batchSize,
    inHeight: info.inHeight,
    inWidth: info.inWidth,
    inChannels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    outChannels: info.outChannels,
    kernelHeight: info.filterHeight,
    kernelWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    dilationHeight: info.dilationHeight,
    dilationWidth: info.dilationWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
    padBottom: info.padInfo.bottom,
    padRight: info.padInfo.right,
  };
}

/**
 * HWIO to OIHW. Constants are ordered here and now. For the others a plain Transpose walks single values:
 * taps to the end (a fast matrix transpose) and then whole rows of taps into place is 3 to 4 times faster.
 */
function orderedFilter(lowering: Lowering, filter: ValueId): string {
  const { onnx } = lowering;
  const [height, width, input, output] = lowering.shape(filter) as Shape4;
  const name = lowering.logical(filter);
  const taps = height * width;
  if (taps === 1 || onnx.initializers.has(name)) {
    return onnx.transpose(name, [height, width, input, output], [3, 2, 0, 1]);
  }
  const pairs = onnx.transpose(onnx.reshape(name, [taps, input * output]), [taps, input * output], [1, 0]);
  const order = Int32Array.from(
    { length: input * output },
    (_, pair) => (pair % input) * output + Math.floor(pair / input),
  );
  const ordered = onnx.add('Gather', [pairs, onnx.initializer('int32', [order.length], order)], {
    axis: { int: 0 },
  });
  return onnx.reshape(ordered, [output, input, height, width]);
}

/** The filter of the input gradient: rotated by half a turn, input and output channels exchanged. */
function rotatedFilter({
  onnx,
  ...lowering
}: Pick<Lowering, 'onnx'> & { name: string; shape: Shape4 }): string {
  const [height, width, input, output] = lowering.shape;
  const taps = height * width;
  const tapMajor = onnx.reshape(lowering.name, [taps, input, output]);
  // Whole taps are copied, which is cheaper than stepping backwards through height and width.
  const reversed =
    taps === 1
      ? tapMajor
      : onnx.add('Gather', [tapMajor, onnx.ints(Array.from({ length: taps }, (_, tap) => taps - 1 - tap))], {
          axis: { int: 0 },
        });
  const tapMinor = onnx.transpose(
    onnx.reshape(reversed, [taps, input * output]),
    [taps, input * output],
    [1, 0],
  );
  return onnx.reshape(tapMinor, [input, output, height, width]);
}

/**
 * A convolution of NCHW images with an OIHW filter. ONNX Runtime 1.30's WebGPU engine miscomputes it for 6,
 * 9, 15, ... input channels (multiples of 3 above 3 but not of 4; microsoft/onnxruntime issue 29651), among
 * them Pix2pix's discriminator, which sees two images: there, channels of zeros fill up to a multiple of 4.
 */
function convolve(
  { onnx, device }: Lowering,
  images: string,
  filter: string,
  channels: number,
  settings: Readonly<Record<string, OnnxAttribute>>,
): string {
  const missing = device === 'webgpu' && channels > 3 && channels % 3 === 0 ? (4 - (channels % 4)) % 4 : 0;
  const filled = (value: string) =>
    missing === 0
      ? value
      : onnx.add('Pad', [value, onnx.ints([0, 0, 0, 0, 0, missing, 0, 0]), onnx.float(0)], {
          mode: { string: 'constant' },
        });
  return onnx.add('Conv', [filled(images), filled(filter)], settings);
}

/**
 * Gradient with respect to a convolution's input, also the forward pass of a transposed convolution.
 * Stride 1: a convolution with the rotated filter. Larger strides: ConvTranspose, which is faster than
 * sub-pixel convolutions on the CPU engine in every case measured.
 */
function inputGradient(lowering: Lowering, dy: ValueId, filter: ValueId, shape: ConvolutionShape): string {
  const { onnx } = lowering;
  const spanHeight = (shape.kernelHeight - 1) * shape.dilationHeight;
  const spanWidth = (shape.kernelWidth - 1) * shape.dilationWidth;
  const pads = [
    spanHeight - shape.padTop,
    spanWidth - shape.padLeft,
    spanHeight - shape.padBottom,
    spanWidth - shape.padRight,
  ];
  if (shape.strideHeight === 1 && shape.strideWidth === 1 && pads.every((pad) => pad >= 0)) {
    const name = lowering.logical(filter);
    const rotated = rotatedFilter({ onnx, name, shape: lowering.shape(filter) as Shape4 });
    return convolve(lowering, lowering.channelsFirst(dy), rotated, shape.outChannels, {
      kernel_shape: { ints: [shape.kernelHeight, shape.kernelWidth] },
      pads: { ints: pads },
      dilations: { ints: [shape.dilationHeight, shape.dilationWidth] },
    });
  }
  // Rows and columns that a strided window did not reach get no gradient.
  const rest = (input: number, output: number, stride: number, span: number, padding: number) =>
    input - ((output - 1) * stride + span + 1 - padding);
  return onnx.add('ConvTranspose', [lowering.channelsFirst(dy), orderedFilter(lowering, filter)], {
    kernel_shape: { ints: [shape.kernelHeight, shape.kernelWidth] },
    strides: { ints: [shape.strideHeight, shape.strideWidth] },
    dilations: { ints: [shape.dilationHeight, shape.dilationWidth] },
    pads: { ints: [shape.padTop, shape.padLeft, shape.padBottom, shape.padRight] },
    output_padding: {
      ints: [
        rest(shape.inHeight, shape.outHeight, shape.strideHeight, spanHeight, shape.padTop + shape.padBottom),
        rest(shape.inWidth, shape.outWidth, shape.strideWidth, spanWidth, shape.padLeft + shape.padRight),
      ],
    },
  });
}

export const CONVOLUTIONS: KernelRules = {
  Conv2D: {
    inputs: ['x', 'filter'],
    infer: ([x, filter], attrs) => {
      const { batch, outHeight, outWidth, outChannels } = convolutionShape(x!.shape, filter!.shape, attrs);
      return { shape: [batch, outHeight, outWidth, outChannels], dtype: 'float32' };
    },
    lower: (lowering, node) => {
      const [x, filter] = node.inputs as [ValueId, ValueId];
      const shape = convolutionShape(lowering.shape(x), lowering.shape(filter), node.attrs);
      const value = convolve(
        lowering,
        lowering.channelsFirst(x),
        orderedFilter(lowering, filter),
        shape.inChannels,
        {
          kernel_shape: { ints: [shape.kernelHeight, shape.kernelWidth] },
          strides: { ints: [shape.strideHeight, shape.strideWidth] },
          dilations: { ints: [shape.dilationHeight, shape.dilationWidth] },
          pads: { ints: [shape.padTop, shape.padLeft, shape.padBottom, shape.padRight] },
        },
      );
      lowering.define(node.outputs[0]!, value, 'channelsFirst');
    },
  },
  Conv2DBackpropInput: {
    inputs: ['dy', 'filter'],
    infer: (_, attrs) => ({
      shape: attributes<Conv2DBackpropInputAttrs>(attrs).inputShape,
      dtype: 'float32',
    }),
    lower: (lowering, node) => {
      const [dy, filter] = node.inputs as [ValueId, ValueId];
      const { inputShape } = attributes<Conv2DBackpropInputAttrs>(node.attrs);
      const shape = convolutionShape(inputShape, lowering.shape(filter), node.attrs);
      lowering.define(node.outputs[0]!, inputGradient(lowering, dy, filter, shape), 'channelsFirst');
    },
  },
  Conv2DBackpropFilter: {
    inputs: ['x', 'dy'],
    infer: (_, attrs) => ({
      shape: attributes<Conv2DBackpropFilterAttrs>(attrs).filterShape,
      dtype: 'float32',
    }),
    lower: (lowering, node) => {
      const [x, dy] = node.inputs as [ValueId, ValueId];
      const { filterShape } = attributes<Conv2DBackpropFilterAttrs>(node.attrs);
      const shape = convolutionShape(lowering.shape(x), filterShape, node.attrs);
      lowering.define(node.outputs[0]!, filterGradient(lowering, x, dy, shape), 'logical');
    },
  },
};
