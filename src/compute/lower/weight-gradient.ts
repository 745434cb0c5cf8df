/**
 * The gradient of a convolution with respect to its filter. ONNX has no operator for it. One convolution
 * with batch and channels exchanged is right but 2 to 5 times slower than the forms here: shifted copies
 * ("columns") of one side, one slice per kernel tap, and one matrix product over all pixels.
 */

import type { ValueId } from '../graph/graph.ts';
import type { ConvolutionShape } from './convolution-shape.ts';
import type { Lowering } from './lowering.ts';

/**
 * - `inputPixels`: columns of x in NHWC, gathered pixel by pixel; one product over all pixels of the batch.
 * - `inputPlanes`: columns of x in NCHW, whole rows gathered; one product per image, summed over the batch.
 * - `outputPlanes`: columns of dy in NCHW; only for stride 1.
 */
export type WeightGradientForm = 'inputPixels' | 'inputPlanes' | 'outputPlanes';

/** Number of channels from which it pays to copy whole pixels. */
const WIDE = 16;

/**
 * Chooses the form of a weight gradient. Measured on two cores (AVX-512), ms, the product alone last: 256→256 3x3 at
 * 64x64 pixels gathered 33.4, planes 38.1, 30.5; 256→512 4x4 at 32x32 27.1, 26.8, 27.2; 64→128 4x4 stride 2 at 128x128
 * 8.1, 14.8, 7.2 (NHWC slices 10.6); 256→256 3x3 at 16x16, batch 4, 9.4, -, 8.6 (NHWC slices 10.3). Thin sides want
 * planes, and the columns on their side: 512→1 4x4 at 31x31 columns of x 6-12, of dy 0.3; 32→3 7x7 at 256x256 102-209
 * and 11-14; 3→32 7x7 at 256x256 NHWC 37-41, NCHW 13-20.
 */
export function chooseWeightGradientForm(shape: ConvolutionShape): WeightGradientForm {
  const strided = shape.strideHeight > 1 || shape.strideWidth > 1;
  if (!strided && shape.outChannels < Math.min(WIDE, shape.inChannels)) return 'outputPlanes';
  return shape.inChannels < WIDE ? 'inputPlanes' : 'inputPixels';
}

/** Taps of the kernel, row by row. */
function taps(shape: ConvolutionShape): { row: number; column: number }[] {
  return Array.from({ length: shape.kernelHeight * shape.kernelWidth }, (_, tap) => ({
    row: Math.floor(tap / shape.kernelWidth) * shape.dilationHeight,
    column: (tap % shape.kernelWidth) * shape.dilationWidth,
  }));
}

function padded(
  { onnx }: Lowering,
  value: string,
  [top, left, bottom, right]: readonly number[],
  axes: { height: number; width: number },
): string {
  if (!top && !left && !bottom && !right) return value;
  const before = [0, 0, 0, 0].with(axes.height, top!).with(axes.width, left!);
  const after = [0, 0, 0, 0].with(axes.height, bottom!).with(axes.width, right!);
  return onnx.add('Pad', [value, onnx.ints([...before, ...after]), onnx.float(0)], {
    mode: { string: 'constant' },
  });
}

/** For each pixel of dy and each tap, the index of the pixel of the padded x under it, counted through the batch. */
function tapIndices(shape: ConvolutionShape): Int32Array {
  const height = shape.inHeight + shape.padTop + shape.padBottom;
  const width = shape.inWidth + shape.padLeft + shape.padRight;
  const offsets = taps(shape).map(({ row, column }) => row * width + column);
  const indices = new Int32Array(shape.batch * shape.outHeight * shape.outWidth * offsets.length);
  let at = 0;
  for (let image = 0; image < shape.batch; image++) {
    for (let row = 0; row < shape.outHeight; row++) {
      for (let column = 0; column < shape.outWidth; column++) {
        const first = (image * height + row * shape.strideHeight) * width + column * shape.strideWidth;
        for (const offset of offsets) indices[at++] = first + offset;
      }
    }
  }
  return indices;
}

function inputPixels(lowering: Lowering, x: ValueId, dy: ValueId, shape: ConvolutionShape): string {
  const { onnx } = lowering;
  const pixels = shape.batch * shape.outHeight * shape.outWidth;
  const pads = [shape.padTop, shape.padLeft, shape.padBottom, shape.padRight];
  const source = padded(lowering, lowering.logical(x), pads, { height: 1, width: 2 });
  const { inChannels, outChannels, ...geometry } = shape;
  const indices = lowering.shared(`taps ${JSON.stringify(geometry)}`, () => tapIndices(shape));
  const columns = onnx.add(
    'Gather',
    [onnx.reshape(source, [-1, inChannels]), onnx.initializer('int32', [indices.length], indices)],
    { axis: { int: 0 } },
  );
  const rows = shape.kernelHeight * shape.kernelWidth * inChannels;
  const product = onnx.add(
    'Gemm',
    [onnx.reshape(columns, [pixels, rows]), onnx.reshape(lowering.logical(dy), [pixels, outChannels])],
    { transA: { int: 1 } },
  );
  return onnx.reshape(onnx.withDims(product, [rows, outChannels]), [
    shape.kernelHeight,
    shape.kernelWidth,
    inChannels,
    outChannels,
  ]);
}

/** [batch, rows, pixels] times [batch, columns, pixels] transposed, summed over the batch. */
function productOverPixels(
  { onnx }: Lowering,
  left: string,
  right: string,
  extents: { batch: number; rows: number; columns: number; pixels: number },
): string {
  const { batch, rows, columns, pixels } = extents;
  if (batch === 1) {
    return onnx.add('Gemm', [onnx.reshape(left, [rows, pixels]), onnx.reshape(right, [columns, pixels])], {
      transB: { int: 1 },
    });
  }
  const turned = onnx.transpose(
    onnx.reshape(right, [batch, columns, pixels]),
    [batch, columns, pixels],
    [0, 2, 1],
  );
  const products = onnx.add('MatMul', [onnx.reshape(left, [batch, rows, pixels]), turned]);
  return onnx.add('ReduceSum', [products, onnx.ints([0])], { keepdims: { int: 0 } });
}

/** Shifts of a kernel along one axis: where each tap's window begins, how many values it takes and how far apart. */
interface Shifts {
  readonly starts: readonly number[];
  readonly size: number;
  readonly stride: number;
}

/**
 * Columns of thin planes [N, C, H, W], as [N, kw C kh, pixels]: a slice for each column of the kernel, then, out of
 * these, a Gather of whole rows for each of its rows. A slice for each tap copies the same at three times the cost
 * (3 channels of 64x64, batch 4, 7x7: 3.3 against 1.1 ms).
 */
function planeColumns(
  lowering: Lowering,
  planes: string,
  { batch, channels }: { batch: number; channels: number },
  rows: Shifts,
  columns: Shifts,
): string {
  const { onnx } = lowering;
  const shifted = columns.starts.map((start) =>
    onnx.slice(planes, [3], [start], [start + (columns.size - 1) * columns.stride + 1], [columns.stride]),
  );
  const indices = lowering.shared(`rows ${JSON.stringify(rows)}`, () =>
    Int32Array.from(
      rows.starts.flatMap((start) =>
        Array.from({ length: rows.size }, (_, row) => start + row * rows.stride),
      ),
    ),
  );
  const gathered = onnx.add(
    'Gather',
    [onnx.concat(shifted, 1), onnx.initializer('int32', [indices.length], indices)],
    { axis: { int: 2 } },
  );
  const count = columns.starts.length * channels * rows.starts.length;
  return onnx.reshape(gathered, [batch, count, rows.size * columns.size]);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function inputPlanes(lowering: Lowering, x: ValueId, dy: ValueId, shape: ConvolutionShape): string {
  const { onnx } = lowering;
  const { batch, inChannels, outChannels, kernelHeight, kernelWidth } = shape;
  const pads = [shape.padTop, shape.padLeft, shape.padBottom, shape.padRight];
  const columns = planeColumns(
    lowering,
    padded(lowering, lowering.channelsFirst(x), pads, { height: 2, width: 3 }),
    { batch, channels: inChannels },
    {
      starts: range(kernelHeight).map((tap) => tap * shape.dilationHeight),
      size: shape.outHeight,
      stride: shape.strideHeight,
    },
    {
      starts: range(kernelWidth).map((tap) => tap * shape.dilationWidth),
      size: shape.outWidth,
      stride: shape.strideWidth,
    },
  );
  const product = productOverPixels(lowering, columns, lowering.channelsFirst(dy), {
    batch,
    rows: kernelWidth * inChannels * kernelHeight,
    columns: outChannels,
    pixels: shape.outHeight * shape.outWidth,
  });
  const extents = [kernelWidth, inChannels, kernelHeight, outChannels];
  return onnx.transpose(onnx.reshape(product, extents), extents, [2, 0, 1, 3]);
}

/**
 * dW[t, c, o] is the sum over input pixels q of x[q, c] dy[q - t, o]: the shifts are on dy's side, which is
 * padded so that every shifted window covers all input pixels.
 */
function outputPlanes(lowering: Lowering, x: ValueId, dy: ValueId, shape: ConvolutionShape): string {
  const { onnx } = lowering;
  const { batch, inChannels, outChannels, kernelHeight, kernelWidth } = shape;
  const spanHeight = (kernelHeight - 1) * shape.dilationHeight;
  const spanWidth = (kernelWidth - 1) * shape.dilationWidth;
  // No input pixel lies under negative padding: tfjs's paddings are never negative.
  const pads = [
    Math.max(0, spanHeight - shape.padTop),
    Math.max(0, spanWidth - shape.padLeft),
    Math.max(0, shape.inHeight + shape.padTop - shape.outHeight),
    Math.max(0, shape.inWidth + shape.padLeft - shape.outWidth),
  ] as const;
  const columns = planeColumns(
    lowering,
    padded(lowering, lowering.channelsFirst(dy), pads, { height: 2, width: 3 }),
    { batch, channels: outChannels },
    {
      starts: range(kernelHeight).map((tap) => pads[0] + shape.padTop - tap * shape.dilationHeight),
      size: shape.inHeight,
      stride: 1,
    },
    {
      starts: range(kernelWidth).map((tap) => pads[1] + shape.padLeft - tap * shape.dilationWidth),
      size: shape.inWidth,
      stride: 1,
    },
  );
  const product = productOverPixels(lowering, columns, lowering.channelsFirst(x), {
    batch,
    rows: kernelWidth * outChannels * kernelHeight,
    columns: inChannels,
    pixels: shape.inHeight * shape.inWidth,
  });
  const extents = [kernelWidth, outChannels, kernelHeight, inChannels];
  return onnx.transpose(onnx.reshape(product, extents), extents, [2, 0, 3, 1]);
}

const FORMS = { inputPixels, inputPlanes, outputPlanes };

/** The filter's gradient, in tfjs's HWIO order. */
export function filterGradient(lowering: Lowering, x: ValueId, dy: ValueId, shape: ConvolutionShape): string {
  return FORMS[chooseWeightGradientForm(shape)](lowering, x, dy, shape);
}
