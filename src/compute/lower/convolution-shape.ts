/** Geometry of 2-D convolutions. */
import type { Conv2DAttrs } from '@tensorflow/tfjs-core/dist/kernel_names.js';
import { backend_util as backend } from '../tfjs/tf.ts';

/** A 2-D convolution in numbers: extents in pixels, paddings in input pixels. */
export interface ConvolutionShape {
  readonly batch: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly padBottom: number;
  readonly padRight: number;
}

/** Attributes that the three kernels of a convolution share; gradients have no dilations. */
type GeometryAttrs = Readonly<
  Pick<Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'> &
    Partial<Pick<Conv2DAttrs, 'dilations'>>
>;

/**
 * Resolves tfjs's attributes ('same', 'valid', explicit paddings) to numbers.
 * @param image shape [N, H, W, C] of what the convolution is applied to
 * @param filter shape [kh, kw, C, O]
 */
export function convolutionShape(
  image: readonly number[],
  filter: readonly number[],
  attrs: GeometryAttrs,
): ConvolutionShape {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attrs;
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

export type Sides = readonly [top: number, left: number, bottom: number, right: number];

/** A convolution of stride 1 or more in the form in which the engines take it. */
export interface Correlation {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly kernel: readonly [height: number, width: number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pads: Sides;
}

/** Spatial extents of a correlation's result. */
export function correlationExtents(correlation: Correlation): readonly [height: number, width: number] {
  const { inHeight, inWidth, kernel, strides, dilations, pads } = correlation;
  const extent = (size: number, axis: 0 | 1) =>
    Math.floor(
      (size + pads[axis]! + pads[axis + 2]! - (kernel[axis] - 1) * dilations[axis] - 1) / strides[axis],
    ) + 1;
  return [extent(inHeight, 0), extent(inWidth, 1)];
}
