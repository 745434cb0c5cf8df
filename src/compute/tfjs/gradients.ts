/**
 * Gradients that tfjs-core 4.22 lacks, or computes wrongly or slowly. They are written in its own ops, so they are
 * right on every backend.
 */
import {
  add,
  avgPool,
  concat,
  type GradConfig,
  getGradient,
  mul,
  registerGradient,
  reshape,
  reverse,
  slice,
  step,
  type Tensor,
  type Tensor4D,
  transpose,
  unregisterGradient,
} from '@tensorflow/tfjs-core';

/** Values `begin` to `end` along one axis. */
function part(value: Tensor, axis: number, begin: number, end: number): Tensor {
  return slice(
    value,
    value.shape.map((_, index) => (index === axis ? begin : 0)),
    value.shape.map((extent, index) => (index === axis ? end - begin : extent)),
  );
}

/** Along one axis, adds the gradient of each mirrored strip to that of the values it was copied from. */
function foldMirrored(dy: Tensor, axis: number, before: number, after: number, edge: 0 | 1): Tensor {
  if (before === 0 && after === 0) return dy;
  const extent = dy.shape[axis]! - before - after;
  const strips = [
    { begin: edge, end: edge + before, source: [0, before] as const },
    { begin: extent - edge - after, end: extent - edge, source: [before + extent, dy.shape[axis]!] as const },
  ].filter(({ begin, end }) => end > begin);
  const mirrored = strips.map(({ source: [begin, end] }) => {
    const strip = part(dy, axis, begin, end);
    return end - begin === 1 ? strip : reverse(strip, axis);
  });
  // Wide strips overlap, and each takes a pass over the sum. Otherwise everything is cut and joined once.
  const passes = strips.length === 2 && strips[0]!.end > strips[1]!.begin ? [[0], [1]] : [strips.keys()];
  let sum = dy;
  let origin = before;
  for (const pass of passes) {
    const pieces: Tensor[] = [];
    let at = 0;
    for (const index of pass) {
      const { begin, end } = strips[index]!;
      if (begin > at) pieces.push(part(sum, axis, origin + at, origin + begin));
      pieces.push(add(part(sum, axis, origin + begin, origin + end), mirrored[index]!));
      at = end;
    }
    if (extent > at) pieces.push(part(sum, axis, origin + at, origin + extent));
    sum = concat(pieces, axis);
    origin = 0;
  }
  return sum;
}

/** The gradient with the mirrored border's contribution, which tfjs drops. */
const mirrorPad: GradConfig = {
  kernelName: 'MirrorPad',
  gradFunc: (dy, _saved, attrs) => {
    const { paddings, mode } = attrs as unknown as { paddings: [number, number][]; mode: string };
    const edge = mode === 'reflect' ? 1 : 0;
    return {
      x: () =>
        paddings.reduce(
          (sum, [before, after], axis) => foldMirrored(sum, axis, before, after, edge),
          dy as Tensor,
        ),
    };
  },
};

/** The gradient of depthToSpace, which tfjs lacks. */
const depthToSpace: GradConfig = {
  kernelName: 'DepthToSpace',
  gradFunc: (dy, _saved, attrs) => {
    const { blockSize: block } = attrs as unknown as { blockSize: number };
    const [batch, height, width, depth] = (dy as Tensor).shape as [number, number, number, number];
    const [rows, columns] = [height / block, width / block];
    return {
      x: () => {
        const blocks = reshape(dy as Tensor, [batch, rows, block, columns, block, depth]);
        return reshape(transpose(blocks, [0, 1, 3, 2, 4, 5]), [batch, rows, columns, block * block * depth]);
      },
    };
  },
};

/** The gradient as one product with the slopes, where tfjs compares, scales and selects. */
const leakyRelu: GradConfig = {
  kernelName: 'LeakyRelu',
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attrs) => {
    const { alpha } = attrs as unknown as { alpha: number };
    return { x: () => mul(dy as Tensor, step(x!, alpha)) };
  },
};

/**
 * The gradient as sums over blocks where every pixel is repeated a whole number of times, else tfjs's. tfjs's CPU
 * kernel for this gradient reads dy with the image's strides, so it is right for the first image of a batch only.
 */
function resizeNearestNeighbor(general: GradConfig): GradConfig {
  return {
    ...general,
    gradFunc: (dy, saved, attrs) => {
      const large = (dy as Tensor).shape;
      const small = saved[0]!.shape;
      const factor = large[1]! / small[1]!;
      const { alignCorners } = attrs as unknown as { alignCorners: boolean };
      if (alignCorners || !Number.isInteger(factor) || large[2]! / small[2]! !== factor) {
        return general.gradFunc(dy, saved, attrs);
      }
      return { images: () => mul(avgPool(dy as Tensor4D, factor, factor, 'valid'), factor * factor) };
    },
  };
}

const resizeOfTfjs = getGradient('ResizeNearestNeighbor');

/** Replaces tfjs's gradients by these. Call it again after anything that loads a second copy of tfjs-core. */
export function registerGradients(): void {
  for (const config of [mirrorPad, resizeNearestNeighbor(resizeOfTfjs), depthToSpace, leakyRelu]) {
    if (getGradient(config.kernelName)) unregisterGradient(config.kernelName);
    registerGradient(config);
  }
}
