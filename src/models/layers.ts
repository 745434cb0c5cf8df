/** Functions without parameters that are used between layers. Images are NHWC, sequences [N, T, C]. */
import type { GradSaveFunc, Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '../compute/tfjs/tf.ts';

/** The epsilon of PyTorch's norms, so that networks can be compared. */
const NORM_EPSILON = 1e-5;

/** A function of one tensor with an explicit gradient. */
function withGradient<T extends Tensor>(
  x: T,
  body: (
    input: Tensor,
    save: GradSaveFunc,
  ) => { value: Tensor; gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor },
): T {
  // In tfjs's own type, any argument may be the saving function.
  return tf.customGrad(body as Parameters<typeof tf.customGrad>[0])(x) as T;
}

/**
 * Standardizes to mean 0 and variance 1 over `axes`. The gradient is explicit, as for `gelu` below: if y is the result and r
 * the reciprocal of the standard deviation, it is r (dy - mean(dy) - y mean(dy y)), which takes six passes over x instead
 * of twelve.
 */
export function normalize<T extends Tensor>(x: T, axes: number[]): T {
  return withGradient(x, (input, save) => {
    const centered = tf.sub(input, tf.mean(input, axes, true));
    const rstd = tf.rsqrt(tf.add(tf.mean(tf.square(centered), axes, true), NORM_EPSILON));
    const value = tf.mul(centered, rstd);
    save([value, rstd]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [y, r] = saved as [Tensor, Tensor];
        const slope = tf.mean(tf.mul(dy, y), axes, true);
        return tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, axes, true)), tf.mul(y, slope)), r);
      },
    };
  });
}

/** Standardizes each channel of each image [N, H, W, C], without affine parameters (Pix2pix's instance norm). */
export function instanceNorm(x: Tensor4D): Tensor4D {
  return normalize(x, [1, 2]);
}

/** Pads with `margin` mirrored pixels on every side, without repeating the border pixel. */
export function reflectPad(x: Tensor4D, margin: number): Tensor4D {
  const none: [number, number] = [0, 0];
  const both: [number, number] = [margin, margin];
  return tf.mirrorPad(x, [none, both, both, none], 'reflect');
}

/**
 * Puts each block of 2 x 2 pixels into the channels of one: [N, H, W, C] to [N, H/2, W/2, 4C]. Channels are in the order
 * row, column, channel of the block, which `tf.depthToSpace` undoes.
 */
export function spaceToDepth(x: Tensor4D): Tensor4D {
  const [count, height, width, channels] = x.shape;
  const blocks = tf.reshape(x, [count, height / 2, 2, width / 2, 2, channels]);
  const gathered = tf.transpose(blocks, [0, 1, 3, 2, 4, 5]);
  return tf.reshape(gathered, [count, height / 2, width / 2, 4 * channels]);
}

/**
 * Limits images to [-1, 1]. Outside, the gradient passes as if nothing were limited (straight-through, Bengio et al. 2013) if
 * it leads back inside: that of the clipped function is 0 there, from where a value would never come back. If it leads
 * further out, it is 0: nothing that is seen would change, but a discriminator goes on asking for it, and values drift away.
 */
export function limit<T extends Tensor>(x: T): T {
  return withGradient(x, (input, save) => {
    save([input]);
    return {
      value: tf.clipByValue(input, -1, 1),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => {
        const isAbove = tf.step(tf.sub(saved!, 1));
        const isBelow = tf.step(tf.sub(-1, saved!));
        // Training goes against the gradient.
        const outward = tf.add(tf.mul(isAbove, tf.minimum(dy, 0)), tf.mul(isBelow, tf.maximum(dy, 0)));
        return tf.sub(dy, outward);
      },
    };
  });
}

/**
 * Gaussian error linear unit (Hendrycks and Gimpel 2016), exact form: x Φ(x). Its gradient, Φ(x) + x φ(x), is explicit: the
 * one that tfjs derives takes ten passes over x instead of seven.
 */
export function gelu<T extends Tensor>(x: T): T {
  return withGradient(x, (input, save) => {
    const cdf = tf.add(tf.mul(tf.erf(tf.mul(input, Math.SQRT1_2)), 0.5), 0.5); // Φ(x)
    save([input, cdf]);
    return {
      value: tf.mul(input, cdf),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [z, cumulative] = saved as [Tensor, Tensor];
        const density = tf.mul(tf.exp(tf.mul(tf.mul(z, z), -0.5)), 1 / Math.sqrt(2 * Math.PI)); // φ(x)
        return tf.mul(dy, tf.add(cumulative, tf.mul(z, density)));
      },
    };
  });
}

/** Sigmoid linear unit: x σ(x). With s = σ(x) and result y, its gradient is s + y - y s, explicit for the same reason. */
export function silu<T extends Tensor>(x: T): T {
  return withGradient(x, (input, save) => {
    const sigmoid = tf.sigmoid(input);
    const value = tf.mul(input, sigmoid);
    save([sigmoid, value]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [s, y] = saved as [Tensor, Tensor];
        return tf.mul(dy, tf.add(s, tf.sub(y, tf.mul(y, s))));
      },
    };
  });
}

/**
 * Scaled dot-product attention with several heads (Vaswani et al. 2017, section 3.2).
 * @param queries [N, T, C]
 * @param keys [N, M, C]
 * @param values [N, M, C]
 * @param mask [N, M], 1 for keys that may be attended to and 0 for padding; at least one 1 per row
 * @returns [N, T, C]
 */
export function attend(
  queries: Tensor3D,
  keys: Tensor3D,
  values: Tensor3D,
  heads: number,
  mask?: Tensor2D,
): Tensor3D {
  const [count, length, channels] = queries.shape;
  const width = channels / heads;
  const split = (x: Tensor3D): Tensor4D =>
    tf.transpose(tf.reshape(x, [count, x.shape[1], heads, width]), [0, 2, 1, 3]); // [N, H, T, W]
  // Scaling the queries costs less than scaling the scores.
  let scores = tf.matMul(split(tf.mul(queries, 1 / Math.sqrt(width))), split(keys), false, true); // [N, H, T, M]
  if (mask) {
    const masked = tf.mul(tf.sub(mask, 1), 1e9); // 0 where allowed, -1e9 where not
    scores = tf.add(scores, tf.reshape(masked, [count, 1, 1, keys.shape[1]]));
  }
  const mixed = tf.matMul(tf.softmax(scores), split(values)); // [N, H, T, W]
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [count, length, channels]);
}

/** Looks up rows of a learned table: int32 indices [N, M] into [V, E] give [N, M, E]. The gradient is a plain product. */
export function lookUp(table: Tensor2D, indices: Tensor2D): Tensor3D {
  const [rows, width] = table.shape;
  const [count, length] = indices.shape;
  const selected = tf.oneHot(tf.reshape(indices, [count * length]), rows);
  return tf.reshape(tf.matMul(tf.cast(selected, 'float32') as Tensor2D, table), [count, length, width]);
}
