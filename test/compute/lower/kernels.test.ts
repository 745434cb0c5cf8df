import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import * as tf from '../../../src/compute/tfjs/tf.ts';
import { type Comparison, compareWithDifferences, compareWithTfjs } from '../compare.ts';

const image = { shape: [2, 6, 5, 3] };
const vector = { shape: [3] };

function unary(run: Comparison['run'], options: Partial<Comparison> = {}): Comparison {
  return { inputs: [image], run, ...options };
}

const positive = { inputs: [{ ...image, positive: true }] };

/** A convolution in front puts the operand into NCHW order. */
function inChannelsFirst(run: Comparison['run']): Comparison {
  const mixing = [0, 1, 0, 0.5, 0, 1, 1, 0.25, 0];
  return {
    inputs: [image],
    run: (x) => run(tf.conv2d(x as Tensor4D, tf.tensor4d(mixing, [1, 1, 3, 3]), 1, 'same')),
  };
}

/** tfjs's CPU kernels for these gradients are wrong for batches, images that are not square, or padding. */
const RESIZES: Record<string, Comparison['run']> = {
  'resizeNearestNeighbor, any size': (x) => tf.image.resizeNearestNeighbor(x as Tensor4D, [9, 4]),
  'resizeNearestNeighbor, corners aligned': (x) =>
    tf.image.resizeNearestNeighbor(x as Tensor4D, [9, 4], true),
  resizeBilinear: (x) => tf.image.resizeBilinear(x as Tensor4D, [9, 11]),
  'resizeBilinear, corners aligned': (x) => tf.image.resizeBilinear(x as Tensor4D, [4, 11], true),
};

const CASES: Record<string, Comparison> = {
  abs: unary(tf.abs),
  neg: unary(tf.neg),
  sign: unary(tf.sign),
  square: unary(tf.square),
  sqrt: unary(tf.sqrt, positive),
  rsqrt: unary(tf.rsqrt, positive),
  reciprocal: unary(tf.reciprocal, positive),
  exp: unary(tf.exp),
  expm1: unary(tf.expm1),
  log: unary(tf.log, positive),
  log1p: unary(tf.log1p, positive),
  sin: unary(tf.sin),
  cos: unary(tf.cos),
  tanh: unary(tf.tanh),
  sigmoid: unary(tf.sigmoid),
  softplus: unary(tf.softplus),
  erf: unary(tf.erf),
  relu: unary(tf.relu),
  relu6: unary(tf.relu6),
  leakyRelu: unary((x) => tf.leakyRelu(x, 0.2)),
  elu: unary(tf.elu),
  step: unary((x) => tf.step(x, 0.3), { gradient: false }),
  floor: unary(tf.floor),
  ceil: unary(tf.ceil),
  round: unary(tf.round),
  clipByValue: unary((x) => tf.clipByValue(x, -0.5, 0.7)),
  'pow by a constant': unary((x) => tf.pow(x, 3), positive),
  'pow of a tensor': { inputs: [{ ...image, positive: true }, vector], run: tf.pow },
  gelu: unary((x) => tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))))),
  swish: unary((x) => tf.mul(x, tf.sigmoid(x))),

  'add, broadcast from the channels': { inputs: [image, vector], run: tf.add },
  'add, both broadcast': { inputs: [{ shape: [2, 1, 4] }, { shape: [3, 1] }], run: tf.add },
  sub: { inputs: [image, { shape: [2, 1, 1, 3] }], run: tf.sub },
  mul: { inputs: [image, { shape: [1, 6, 5, 1] }], run: tf.mul },
  div: { inputs: [image, { ...vector, positive: true }], run: tf.div },
  maximum: { inputs: [image, image], run: tf.maximum },
  minimum: { inputs: [image, image], run: tf.minimum },
  squaredDifference: { inputs: [image, image], run: tf.squaredDifference },
  addN: { inputs: [image, image, image], run: (...x) => tf.addN(x) },
  prelu: { inputs: [image, vector], run: tf.prelu, gradient: false },
  'comparisons and where': {
    inputs: [image, image],
    gradient: false,
    run: (a, b) => tf.where(tf.greater(a, b), tf.mul(a, 2), tf.square(b)),
  },
  'logical operators': {
    inputs: [image, image],
    gradient: false,
    run: (a, b) =>
      tf.cast(
        tf.logicalOr(
          tf.logicalNot(tf.less(a, b)),
          tf.logicalAnd(tf.lessEqual(a, b), tf.notEqual(a, tf.abs(a))),
        ),
        'float32',
      ),
  },
  'greaterEqual of integers': {
    inputs: [{ shape: [4], dtype: 'int32', values: [1, 2, 3, 4] }],
    gradient: false,
    run: (a) => tf.cast(tf.greaterEqual(a, tf.scalar(3, 'int32')), 'float32'),
  },
  'all and any': {
    inputs: [{ shape: [3, 4] }],
    gradient: false,
    run: (a) =>
      tf.concat([
        tf.cast(tf.all(tf.greater(a, tf.scalar(-1)), 1), 'float32'),
        tf.cast(tf.any(tf.greater(a, tf.scalar(1)), 1), 'float32'),
      ]),
  },

  'sum of everything': unary((x) => tf.sum(x)),
  'sum of pixels': unary((x) => tf.sum(x, [1, 2])),
  'sum of pixels, axes kept': unary((x) => tf.sum(x, [1, 2], true)),
  'sum of batch and pixels': unary((x) => tf.sum(x, [0, 1, 2])),
  'sum of the batch': unary((x) => tf.sum(x, 0)),
  'sum of many rows': { inputs: [{ shape: [70, 9] }], run: (x) => tf.sum(x, 0) },
  'mean of everything': unary((x) => tf.mean(x)),
  'mean of channels': unary((x) => tf.mean(x, -1, true)),
  max: unary((x) => tf.max(x, [1, 2])),
  min: unary((x) => tf.min(x, 3)),
  prod: { inputs: [{ shape: [3, 4], positive: true }], run: (x) => tf.prod(x, 1), gradient: false },
  'sum in NCHW': inChannelsFirst((x) => tf.sum(x, [1, 2])),
  'sum over batch and pixels in NCHW': inChannelsFirst((x) => tf.sum(x, [0, 1, 2])),
  'sum of the batch in NCHW': inChannelsFirst((x) => tf.sum(x, 0)),
  'mean of channels in NCHW': inChannelsFirst((x) => tf.mean(x, 3)),
  'instance norm': inChannelsFirst((x) => {
    const { mean, variance } = tf.moments(x, [1, 2], true);
    return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
  }),
  softmax: { inputs: [{ shape: [2, 3, 5] }], run: (x) => tf.softmax(x) },
  logSoftmax: { inputs: [{ shape: [2, 3, 5] }], run: (x) => tf.logSoftmax(x) },
  logSumExp: { inputs: [{ shape: [2, 3, 5] }], run: (x) => tf.logSumExp(x, 1) },
  cumsum: { inputs: [{ shape: [2, 5] }], run: (x) => tf.cumsum(x, 1) },
  norm: unary((x) => tf.norm(x), {}),

  reshape: unary((x) => tf.reshape(x, [2, 30, 3])),
  'reshape from NCHW': inChannelsFirst((x) => tf.reshape(x, [2, 30, 3])),
  'reshape to and from NCHW': inChannelsFirst((x) =>
    tf.square(tf.reshape(tf.reshape(x, [2, 30, 3]), [2, 6, 5, 3])),
  ),
  transpose: unary((x) => tf.transpose(x, [0, 3, 1, 2])),
  'transpose from NCHW': inChannelsFirst((x) => tf.transpose(x, [2, 0, 3, 1])),
  concat: { inputs: [image, image], run: (a, b) => tf.concat([a, b], 3) },
  'concat in NCHW': inChannelsFirst((x) => tf.concat([x, tf.square(x)], -1)),
  slice: unary((x) => tf.slice(x, [0, 1, 2, 0], [2, -1, 2, 2])),
  'slice in NCHW': inChannelsFirst((x) => tf.slice(x, [0, 1, 2, 1], [2, 3, 2, 2])),
  stridedSlice: unary((x) => tf.stridedSlice(x, [0, 1, 0, 0], [2, 6, 5, 3], [1, 2, 3, 1]), {
    gradient: false,
  }),
  'stridedSlice, backwards': unary((x) => tf.stridedSlice(x, [0, 5, 0, 0], [2, 0, 5, 3], [1, -2, 1, 1]), {
    gradient: false,
  }),
  split: unary((x) => tf.add(tf.split(x, [1, 2], 3)[0]!, tf.split(x, [1, 2], 3)[1]!)),
  unstack: unary((x) => tf.mul(tf.unstack(x, 1)[0]!, tf.unstack(x, 1)[3]!)),
  stack: { inputs: [vector, vector], run: (a, b) => tf.stack([a, b], 1) },
  expandDims: unary((x) => tf.expandDims(x, -1)),
  pad: unary((x) =>
    tf.pad(
      x,
      [
        [0, 0],
        [1, 2],
        [3, 0],
        [0, 1],
      ],
      0.5,
    ),
  ),
  'pad in NCHW': inChannelsFirst((x) =>
    tf.pad(x, [
      [0, 0],
      [1, 2],
      [3, 0],
      [0, 1],
    ]),
  ),
  'mirrorPad, reflect': unary((x) =>
    tf.mirrorPad(
      x,
      [
        [0, 0],
        [2, 3],
        [1, 4],
        [0, 0],
      ],
      'reflect',
    ),
  ),
  'mirrorPad, symmetric': unary((x) =>
    tf.mirrorPad(
      x,
      [
        [0, 0],
        [2, 3],
        [1, 4],
        [0, 0],
      ],
      'symmetric',
    ),
  ),
  'mirrorPad in NCHW': inChannelsFirst((x) =>
    tf.mirrorPad(
      x,
      [
        [0, 0],
        [3, 3],
        [3, 3],
        [0, 0],
      ],
      'reflect',
    ),
  ),
  tile: unary((x) => tf.tile(x, [1, 2, 1, 3])),
  broadcastTo: { inputs: [{ shape: [2, 1, 3] }], run: (x) => tf.broadcastTo(x, [4, 2, 5, 3]) },
  reverse: inChannelsFirst((x) => tf.reverse(x, [1, 3])),
  depthToSpace: {
    inputs: [{ shape: [2, 3, 2, 8] }],
    run: (x) => tf.depthToSpace(x as Tensor4D, 2, 'NHWC'),
  },
  gather: {
    inputs: [{ shape: [5, 3] }, { shape: [2, 4], dtype: 'int32', values: [0, 4, 4, 1, 2, 0, 0, 3] }],
    run: (x, indices) => tf.gather(x, indices as Tensor2D),
  },
  'gather along another axis': {
    inputs: [{ shape: [2, 5, 3] }, { shape: [4], dtype: 'int32', values: [0, 4, 4, 1] }],
    run: (x, indices) => tf.gather(x, indices as Tensor2D, 1),
  },
  oneHot: {
    inputs: [{ shape: [2, 3], dtype: 'int32', values: [0, 4, 2, 1, 1, 3] }],
    gradient: false,
    run: (x) => tf.oneHot(x as Tensor2D, 5, 0.9, -0.1),
  },
  'zerosLike and onesLike': unary((x) => tf.add(tf.mul(x, tf.onesLike(x)), tf.zerosLike(x))),
  'constants of the step': unary((x) =>
    tf.add(tf.mul(x, tf.linspace(0, 1, 3)), tf.add(tf.reshape(tf.range(0, 5), [5, 1]), tf.fill([1], 2))),
  ),

  matMul: { inputs: [{ shape: [4, 5] }, { shape: [5, 3] }], run: (a, b) => tf.matMul(a, b) },
  'matMul, both transposed': {
    inputs: [{ shape: [5, 4] }, { shape: [3, 5] }],
    run: (a, b) => tf.matMul(a, b, true, true),
  },
  'batched matMul, second transposed': {
    inputs: [{ shape: [2, 3, 4, 5] }, { shape: [2, 3, 6, 5] }],
    run: (a, b) => tf.matMul(a, b, false, true),
  },
  'batched matMul, first transposed': {
    inputs: [{ shape: [3, 5, 4] }, { shape: [3, 5, 6] }],
    run: (a, b) => tf.matMul(a, b, true, false),
  },

  'resizeNearestNeighbor, doubled': unary((x) => tf.image.resizeNearestNeighbor(x as Tensor4D, [12, 10])),
  'avgPool, valid': unary((x) => tf.avgPool(x as Tensor4D, 2, 2, 'valid')),
  'avgPool, same, overlapping': unary((x) => tf.avgPool(x as Tensor4D, 3, 2, 'same'), { gradient: false }),
  ...Object.fromEntries(
    Object.entries(RESIZES).map(([name, run]) => [name, unary(run, { gradient: false })]),
  ),

  conv1d: {
    inputs: [{ shape: [2, 9, 4] }, { shape: [3, 4, 5] }],
    run: (x, filter) => tf.conv1d(x as Tensor3D, filter as Tensor3D, 1, 'same'),
  },
  'conv1d, stride 2': {
    inputs: [{ shape: [2, 9, 4] }, { shape: [3, 4, 5] }],
    run: (x, filter) => tf.conv1d(x as Tensor3D, filter as Tensor3D, 2, 'same'),
  },
  conv2dTranspose: {
    inputs: [{ shape: [2, 3, 4, 5] }, { shape: [3, 3, 2, 5] }],
    run: (x, filter) => tf.conv2dTranspose(x as Tensor4D, filter as Tensor4D, [2, 6, 8, 2], 2, 'same'),
  },
  'conv2dTranspose, 4x4': {
    inputs: [{ shape: [2, 3, 4, 5] }, { shape: [4, 4, 2, 5] }],
    run: (x, filter) => tf.conv2dTranspose(x as Tensor4D, filter as Tensor4D, [2, 6, 8, 2], 2, 'same'),
  },
};

describe('kernels and their gradients agree with tfjs on its CPU backend', () => {
  it.each(Object.entries(CASES))('%s', async (_, comparison) => {
    await compareWithTfjs(comparison, 1);
  });
});

describe('gradients that tfjs has wrong agree with differences', () => {
  const runs: Record<string, Comparison['run']> = {
    ...RESIZES,
    'avgPool, same, overlapping': (x) => tf.avgPool(x as Tensor4D, 3, 2, 'same'),
    'mirrorPad, reflect': (x) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [2, 3],
          [1, 4],
          [0, 0],
        ],
        'reflect',
      ),
    'mirrorPad, symmetric': (x) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [2, 3],
          [1, 4],
          [0, 0],
        ],
        'symmetric',
      ),
    depthToSpace: (x) => tf.depthToSpace(tf.concat([x, x, x, tf.mul(x, 2)], 3) as Tensor4D, 2, 'NHWC'),
  };
  it.each(Object.entries(runs))('%s', async (_, run) => {
    await compareWithDifferences({ inputs: [image], run }, 2);
  });
});
