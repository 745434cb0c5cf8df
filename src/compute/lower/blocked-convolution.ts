/**
 * Convolutions on ONNX Runtime's own blocked kernels (operator set com.microsoft.nchwc), which take filters that
 * change from step to step. The runtime uses them by itself only where a filter is constant; a fed one otherwise goes
 * through columns and a general matrix product.
 *
 * A blocked image [N, C, H, W] lies in memory as [N, C/B, H, W, B], a filter as [O/B, I/B, kh, kw, B of I, B of O],
 * with B channels in a block: what one vector register holds. Images of fewer than B channels stay in planes, and
 * their filters are [O/B, I, kh, kw, B of O].
 */

import type { ValueId } from '../graph/graph.ts';
import { NCHWC_DOMAIN } from '../onnx/onnx-graph.ts';
import { type Correlation, correlationExtents, type Sides } from './convolution-shape.ts';
import type { Lowering } from './lowering.ts';

/** The channels of a filter [kh, kw, first, second] that meet the image's: `second` for gradients and transposes. */
export type FilterSide = 'first' | 'second';

/** Whether the blocked kernels exist on this engine and take these channels. */
export function blocksFit({ blockSize }: Lowering, inChannels: number, outChannels: number): boolean {
  if (blockSize === 1 || outChannels % blockSize !== 0) return false;
  return inChannels % blockSize === 0 || inChannels < blockSize;
}

/** For each row of B values in a filter's blocked order, the row of the filter [taps, I, O] that it is. */
function filterRows(taps: readonly number[], input: number, inBlock: number, outBlocks: number): Int32Array {
  const rows = new Int32Array(taps.length * input * outBlocks);
  let at = 0;
  for (let block = 0; block < outBlocks; block++) {
    for (let from = 0; from < input; from += inBlock) {
      for (const tap of taps) {
        for (let channel = from; channel < from + inBlock; channel++) {
          rows[at++] = (tap * input + channel) * outBlocks + block;
        }
      }
    }
  }
  return rows;
}

/**
 * Puts a filter into blocked order.
 * @param taps the kernel's taps that are wanted, in the order in which they are wanted
 * @param side the channels that meet the image's
 */
function blockedFilter(
  lowering: Lowering,
  filter: ValueId,
  taps: readonly number[],
  kernel: readonly [number, number],
  side: FilterSide,
): string {
  const { onnx, blockSize } = lowering;
  const [height, width, first, second] = lowering.shape(filter) as [number, number, number, number];
  const all = height * width;
  let value = lowering.logical(filter);
  if (side === 'second') {
    value = onnx.transpose(onnx.reshape(value, [all, first, second]), [all, first, second], [0, 2, 1]);
  }
  const [input, output] = side === 'first' ? [first, second] : [second, first];
  // For images in planes every input channel is a block of its own: [O/B, I, kh, kw, B of O].
  const inBlock = input < blockSize ? 1 : blockSize;
  // The innermost B values stay together. The runtime copies such rows with all its threads in a Gather, and with one
  // in a Transpose: 0.3 against 0.7 ms for 256→256 3x3 out of main memory.
  const outBlocks = output / blockSize;
  const rows = lowering.shared(`filter rows ${[taps, input, inBlock, outBlocks].join(' ')}`, () =>
    filterRows(taps, input, inBlock, outBlocks),
  );
  const table = onnx.initializer('int32', [rows.length], rows);
  const source = onnx.reshape(value, [all * input * outBlocks, blockSize]);
  const ordered = onnx.add('Gather', [source, table], { axis: { int: 0 } });
  return onnx.reshape(ordered, [output, input, ...kernel]);
}

function blockedImage({ onnx, blockSize }: Lowering, image: string, channels: number): string {
  return channels < blockSize ? image : onnx.add('ReorderInput', [image], {}, NCHWC_DOMAIN);
}

function planes({ onnx }: Lowering, image: string, channels: number): string {
  return onnx.add('ReorderOutput', [image], { channels: { int: channels } }, NCHWC_DOMAIN);
}

function correlate(
  lowering: Lowering,
  image: string,
  filter: string,
  { kernel, strides, dilations, pads }: Pick<Correlation, 'kernel' | 'strides' | 'dilations' | 'pads'>,
): string {
  return lowering.onnx.add(
    'Conv',
    [image, filter],
    {
      kernel_shape: { ints: kernel },
      strides: { ints: strides },
      dilations: { ints: dilations },
      pads: { ints: pads },
    },
    NCHWC_DOMAIN,
  );
}

/** Correlates an image in planes with a filter in HWIO order. The result lies in planes. */
export function blockedCorrelation(
  lowering: Lowering,
  image: string,
  filter: ValueId,
  side: FilterSide,
  reversed: boolean,
  correlation: Correlation,
): string {
  const count = correlation.kernel[0] * correlation.kernel[1];
  const taps = Array.from({ length: count }, (_, tap) => (reversed ? count - 1 - tap : tap));
  const result = correlate(
    lowering,
    blockedImage(lowering, image, correlation.inChannels),
    blockedFilter(lowering, filter, taps, correlation.kernel, side),
    correlation,
  );
  return planes(lowering, result, correlation.outChannels);
}

/** One axis of a transposed convolution of stride 2: the results of one parity, as a correlation of stride 1. */
interface Phase {
  /** Taps of the kernel that reach these results, in the order of the correlation. */
  readonly taps: readonly number[];
  readonly padBefore: number;
  readonly padAfter: number;
}

/**
 * Result o of a transposed convolution of stride 2 is the sum over taps t of x[(o + pad - t) / 2] w[t], where that is
 * whole: results of one parity see every other tap.
 */
function phases(inSize: number, outSize: number, kernel: number, pad: number): Phase[] | undefined {
  if (outSize % 2 !== 0) return undefined;
  const count = outSize / 2;
  const found = ([0, 1] as const).map((first): Phase => {
    const start = (first + pad) % 2;
    const taps = Array.from({ length: Math.ceil((kernel - start) / 2) }, (_, index) => start + 2 * index);
    // x index of the first result's first tap.
    const origin = (first + pad - start) / 2;
    return {
      taps: taps.reverse(),
      padBefore: taps.length - 1 - origin,
      padAfter: origin + count - inSize,
    };
  });
  const fits = found.every(
    ({ taps, padBefore, padAfter }) => taps.length > 0 && padBefore >= 0 && padAfter >= 0,
  );
  return fits ? found : undefined;
}

/**
 * A transposed convolution of stride 2 (also the input gradient of a convolution of stride 2) as four correlations
 * of stride 1, one for each parity of row and column, whose results are interleaved while they are blocked: rows of B
 * values are copied, not single ones.
 * @param correlation the convolution whose transpose this is: its input is our result
 * @returns undefined if sizes are odd or paddings reach beyond the kernel
 */
export function blockedTransposedStride2(
  lowering: Lowering,
  image: string,
  filter: ValueId,
  { batch, inChannels, outChannels, inHeight, inWidth, kernel, pads, ...transposed }: Correlation,
): string | undefined {
  const { onnx, blockSize } = lowering;
  const [height, width] = correlationExtents({
    batch,
    inChannels,
    outChannels,
    inHeight,
    inWidth,
    kernel,
    pads,
    ...transposed,
  });
  const rows = phases(height, inHeight, kernel[0], pads[0]);
  const columns = phases(width, inWidth, kernel[1], pads[1]);
  if (!rows || !columns) return undefined;
  const source = blockedImage(lowering, image, outChannels);
  const [halfHeight, halfWidth] = [inHeight / 2, inWidth / 2];
  const groups = (batch * inChannels) / blockSize;
  const interleavedRows = rows.map((row) => {
    const pair = columns.map((column) => {
      const shape: readonly [number, number] = [row.taps.length, column.taps.length];
      const taps = row.taps.flatMap((y) => column.taps.map((x) => y * kernel[1] + x));
      const sides: Sides = [row.padBefore, column.padBefore, row.padAfter, column.padAfter];
      const result = correlate(lowering, source, blockedFilter(lowering, filter, taps, shape, 'second'), {
        kernel: shape,
        strides: [1, 1],
        dilations: [1, 1],
        pads: sides,
      });
      return onnx.reshape(result, [groups * halfHeight, halfWidth, blockSize]);
    });
    return onnx.reshape(onnx.concat(pair, 2), [groups, halfHeight, inWidth * blockSize]);
  });
  const result = onnx.reshape(onnx.concat(interleavedRows, 2), [batch, inChannels, inHeight, inWidth]);
  return planes(lowering, result, inChannels);
}
