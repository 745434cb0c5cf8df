import type { Rank, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '../compute/tfjs/tf.ts';

/**
 * Sinusoidal embedding (Vaswani et al. 2017, section 3.5): cosines, then sines, at geometric frequencies from
 * 1 down to 1 / maxPeriod. An odd `width` ends with a 0.
 */
function sinusoidal(position: number, width: number, maxPeriod = 10000): Float32Array {
  const embedding = new Float32Array(width);
  const half = Math.floor(width / 2);
  for (const [i, frequency] of frequencies(half, maxPeriod).entries()) {
    embedding[i] = Math.cos(position * frequency);
    embedding[half + i] = Math.sin(position * frequency);
  }
  return embedding;
}

/** The frequencies of `sinusoidal`, from 1 down. */
export function frequencies(count: number, maxPeriod = 10000): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.exp((-Math.log(maxPeriod) * i) / count));
}

/**
 * Embeddings of a grid's cells, row by row: the first half of the width encodes the row, the second half the column. Places
 * are relative: whatever the grid's size, its cells lie evenly over a grid of side `trained`, so that a network that was
 * trained on that grid sees no place that it does not know. A grid of that side has the places 0, 1, 2 and so on.
 */
export function sinusoidalGrid(rows: number, columns: number, width: number, trained: number): Float32Array {
  const grid = new Float32Array(rows * columns * width);
  const half = Math.floor(width / 2);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const start = (row * columns + column) * width;
      grid.set(sinusoidal(relativePlace(row, rows, trained), half), start);
      grid.set(sinusoidal(relativePlace(column, columns, trained), width - half), start + half);
    }
  }
  return grid;
}

/** Where the center of a cell lies on an axis of `trained` cells: exactly `index` if the axis has as many. */
function relativePlace(index: number, count: number, trained: number): number {
  return (index + 0.5) * (trained / count) - 0.5;
}

/**
 * The same embeddings, [1, rows x columns, width], computed from the extents of a traced image rather than from numbers: the
 * graph holds for every size. They differ from the table's by the rounding of float32.
 * @param image [N, rows, columns, C]
 * @param width a multiple of 4
 */
export function tracedGrid(image: Tensor4D, width: number, trained: number): Tensor3D {
  const [, rows, columns] = image.shape;
  const ones = tf.ones<Rank.R4>([1, rows, columns, 1]);
  const along = (axis: 1 | 2): Tensor4D => {
    const number: Tensor4D = tf.cumsum(ones, axis); // 1, 2, ... along the axis
    const count = tf.max<Tensor4D>(number, axis, true);
    const place = tf.sub(tf.mul(tf.sub(number, 0.5), tf.div(trained, count)), 0.5);
    const angles = tf.mul(place, tf.tensor1d(frequencies(width / 4))); // [1, rows, columns, width / 4]
    return tf.concat([tf.cos(angles), tf.sin(angles)] as Tensor4D[], 3);
  };
  return tf.reshape(tf.concat([along(1), along(2)], 3), [1, rows * columns, width]);
}
