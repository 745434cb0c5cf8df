/** Convolutions: tfjs's NHWC images and HWIO filters become ONNX's NCHW images and OIHW filters. */
import type { ValueId } from '../graph/graph.ts';
import { sizeOf } from '../layout.ts';
import {
  blockedCorrelation,
  blockedTransposedStride2,
  blocksFit,
  type FilterSide,
} from './blocked-convolution.ts';
import { type ConvolutionShape, type Correlation, convolutionShape } from './convolution-shape.ts';
import type { KernelRules } from './kernel-rule.ts';
import type { Lowering } from './lowering.ts';
import { filterGradient } from './weight-gradient.ts';

type Shape4 = readonly [number, number, number, number];

/**
 * - `blocked`: the engine's blocked kernels, with filters in their order (blocked-convolution.ts).
 * - `scattered`: one matrix product, whose rows are then added up where the taps put them: ConvTranspose.
 * - `plain`: ONNX's Conv.
 */
type CorrelationForm = 'blocked' | 'scattered' | 'plain';

/**
 * Chooses the form of a correlation. Measured on two cores (AVX-512), ms: 256→512 4x4 at 32x32 pixels plain 35,
 * blocked with all its reorderings 24; 256→256 3x3 at 64x64 31 and 28; 64→128 4x4 stride 2 at 128x128 10.5 and 7.1;
 * 16→16 3x3 at 64x64, batch 4, 0.8 and 0.5: blocks win wherever channels fill them. A constant filter is blocked by the
 * runtime itself, which then also keeps what lies between two convolutions blocked.
 * Few outputs waste columns of the whole image on a thin product (64→2 7x7 at 256x256: plain 26, scattered 9) or
 * most of a block (64→3 with a constant filter: 30).
 */
function chooseCorrelationForm(
  lowering: Lowering,
  { inChannels, outChannels, kernel, strides, dilations, pads }: Correlation,
  constant: boolean,
): CorrelationForm {
  if (lowering.target.device !== 'cpu') return 'plain';
  const unit = strides.every((stride) => stride === 1) && dilations.every((dilation) => dilation === 1);
  const inside = pads.every((pad, side) => pad <= kernel[side % 2]! - 1);
  const taps = kernel[0] * kernel[1];
  if (unit && inside && taps > 1 && outChannels < 8 && inChannels >= 4 * outChannels) return 'scattered';
  // A filter of one tap is a matrix product in planes.
  return constant || taps === 1 || !blocksFit(lowering, inChannels, outChannels) ? 'plain' : 'blocked';
}

/**
 * Reorders a filter from HWIO to OIHW. Constants are reordered here. For the others a plain Transpose walks single
 * values: taps to the end (a fast matrix transpose) and then whole rows of taps into place is 3 to 4 times faster.
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

/** Reorders a filter from HWIO to IOHW and rotates every kernel by half a turn. */
function rotatedFilter(lowering: Lowering, filter: ValueId): string {
  const { onnx } = lowering;
  const [height, width, input, output] = lowering.shape(filter) as Shape4;
  const taps = height * width;
  const tapMajor = onnx.reshape(lowering.logical(filter), [taps, input, output]);
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
 * ONNX's Conv. ONNX Runtime 1.30's WebGPU engine miscomputes it for 6, 9, 15, ... input channels (multiples of 3
 * above 3 but not of 4; microsoft/onnxruntime issue 29651), among them Pix2pix's discriminator, which sees two
 * images: there, channels of zeros fill up to a multiple of 4.
 * @param filter [O, I, kh, kw]
 */
function plainCorrelation(
  { onnx, target }: Lowering,
  image: string,
  filter: string,
  { inChannels, kernel, strides, dilations, pads }: Correlation,
): string {
  const wrong = target.device === 'webgpu' && inChannels > 3 && inChannels % 3 === 0;
  const missing = wrong ? (4 - (inChannels % 4)) % 4 : 0;
  const filled = (value: string) =>
    missing === 0
      ? value
      : onnx.add('Pad', [value, onnx.ints([0, 0, 0, 0, 0, missing, 0, 0]), onnx.float(0)], {
          mode: { string: 'constant' },
        });
  return onnx.add('Conv', [filled(image), filled(filter)], {
    kernel_shape: { ints: kernel },
    strides: { ints: strides },
    dilations: { ints: dilations },
    pads: { ints: pads },
  });
}

/**
 * Computes a correlation of stride 1 as the transpose of the one with rotated kernels: the product comes first and is
 * thin.
 * @param filter [I, O, kh, kw], rotated against the correlation's
 */
function scatteredCorrelation(
  { onnx }: Lowering,
  image: string,
  filter: string,
  { kernel, pads: [top, left, bottom, right] }: Correlation,
): string {
  const [height, width] = kernel;
  return onnx.add('ConvTranspose', [image, filter], {
    kernel_shape: { ints: kernel },
    pads: { ints: [height - 1 - top, width - 1 - left, height - 1 - bottom, width - 1 - right] },
  });
}

/**
 * Correlates an image with a filter in HWIO order: as it is, or with its channels exchanged and its kernels rotated,
 * which input gradients need.
 */
function correlate(
  lowering: Lowering,
  image: string,
  filter: ValueId,
  side: FilterSide,
  correlation: Correlation,
): string {
  const rotated = side === 'second';
  switch (chooseCorrelationForm(lowering, correlation, lowering.isConstant(filter))) {
    case 'blocked':
      return blockedCorrelation(lowering, image, filter, side, rotated, correlation);
    case 'scattered': {
      // The transpose's rotation and an input gradient's cancel out.
      const ordered = rotated ? orderedFilter(lowering, filter) : rotatedFilter(lowering, filter);
      return scatteredCorrelation(lowering, image, ordered, correlation);
    }
    case 'plain':
      return plainCorrelation(
        lowering,
        image,
        rotated ? rotatedFilter(lowering, filter) : orderedFilter(lowering, filter),
        correlation,
      );
  }
}

function forwardCorrelation(shape: ConvolutionShape): Correlation {
  return {
    batch: shape.batch,
    inChannels: shape.inChannels,
    outChannels: shape.outChannels,
    inHeight: shape.inHeight,
    inWidth: shape.inWidth,
    kernel: [shape.kernelHeight, shape.kernelWidth],
    strides: [shape.strideHeight, shape.strideWidth],
    dilations: [shape.dilationHeight, shape.dilationWidth],
    pads: [shape.padTop, shape.padLeft, shape.padBottom, shape.padRight],
  };
}

/**
 * The gradient with respect to a convolution's input, also the forward pass of a transposed convolution.
 * Stride 1: a correlation with the rotated filter. Stride 2: four correlations on blocked images where they fit, one
 * for each parity of row and column (256→128 4x4 from 64x64 to 128x128: ConvTranspose 28 ms, four parts 22).
 * Otherwise ConvTranspose, which in planes is faster than four parts in every case measured.
 */
function inputGradient(lowering: Lowering, dy: ValueId, filter: ValueId, shape: ConvolutionShape): string {
  const { onnx } = lowering;
  const forward = forwardCorrelation(shape);
  const image = lowering.channelsFirst(dy);
  const spanHeight = (shape.kernelHeight - 1) * shape.dilationHeight;
  const spanWidth = (shape.kernelWidth - 1) * shape.dilationWidth;
  const pads = [
    spanHeight - shape.padTop,
    spanWidth - shape.padLeft,
    spanHeight - shape.padBottom,
    spanWidth - shape.padRight,
  ] as const;
  if (shape.strideHeight === 1 && shape.strideWidth === 1 && pads.every((pad) => pad >= 0)) {
    return correlate(lowering, image, filter, 'second', {
      ...forward,
      inChannels: shape.outChannels,
      outChannels: shape.inChannels,
      inHeight: shape.outHeight,
      inWidth: shape.outWidth,
      pads,
    });
  }
  const halved = shape.strideHeight === 2 && shape.strideWidth === 2;
  const dense = shape.dilationHeight === 1 && shape.dilationWidth === 1;
  if (halved && dense && blocksFit(lowering, shape.outChannels, shape.inChannels)) {
    const value = blockedTransposedStride2(lowering, image, filter, forward);
    if (value !== undefined) return value;
  }
  // Rows and columns that a strided window did not reach get no gradient.
  const rest = (input: number, output: number, stride: number, span: number, padding: number) =>
    input - ((output - 1) * stride + span + 1 - padding);
  return onnx.add('ConvTranspose', [image, orderedFilter(lowering, filter)], {
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

/** Floating-point operations of a convolution: every tap counts, also those that fall on padding. */
function operations(output: readonly number[], filter: readonly number[]): number {
  const [height, width, input] = filter as Shape4;
  return 2 * sizeOf(output) * height * width * input;
}

/** A convolution of the forward pass is part of that; one of the backward pass passes a gradient on. */
const LAYER_PART = { forward: 'forward', backward: 'inputGradients' } as const;

export const CONVOLUTIONS = {
  Conv2D: {
    inputs: ['x', 'filter'],
    infer: ([x, filter], attrs) => {
      const { batch, outHeight, outWidth, outChannels } = convolutionShape(x!.shape, filter!.shape, attrs);
      return { shape: [batch, outHeight, outWidth, outChannels], dtype: 'float32' };
    },
    fold: 'never',
    cost: { part: LAYER_PART, operations: ([, filter], output) => operations(output.shape, filter!.shape) },
    lower: (lowering, node) => {
      const [x, filter] = node.inputs as [ValueId, ValueId];
      const shape = convolutionShape(lowering.shape(x), lowering.shape(filter), node.attrs);
      const value = correlate(
        lowering,
        lowering.channelsFirst(x),
        filter,
        'first',
        forwardCorrelation(shape),
      );
      lowering.define(node.outputs[0]!, value, 'channelsFirst');
    },
  },
  Conv2DBackpropInput: {
    inputs: ['dy', 'filter'],
    infer: (_, attrs) => ({
      shape: attrs.inputShape,
      dtype: 'float32',
    }),
    fold: 'never',
    // As much as the convolution whose gradient it is.
    cost: { part: LAYER_PART, operations: ([dy, filter]) => operations(dy!.shape, filter!.shape) },
    lower: (lowering, node) => {
      const [dy, filter] = node.inputs as [ValueId, ValueId];
      const { inputShape } = node.attrs;
      const shape = convolutionShape(inputShape, lowering.shape(filter), node.attrs);
      lowering.define(node.outputs[0]!, inputGradient(lowering, dy, filter, shape), 'channelsFirst');
    },
  },
  Conv2DBackpropFilter: {
    inputs: ['x', 'dy'],
    infer: (_, attrs) => ({
      shape: attrs.filterShape,
      dtype: 'float32',
    }),
    fold: 'never',
    cost: {
      part: { forward: 'filterGradients', backward: 'filterGradients' },
      operations: ([, dy], filter) => operations(dy!.shape, filter.shape),
    },
    lower: (lowering, node) => {
      const [x, dy] = node.inputs as [ValueId, ValueId];
      const { filterShape } = node.attrs;
      const shape = convolutionShape(lowering.shape(x), filterShape, node.attrs);
      lowering.define(node.outputs[0]!, filterGradient(lowering, x, dy, shape), 'logical');
    },
  },
} satisfies KernelRules;
