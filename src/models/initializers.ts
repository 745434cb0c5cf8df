import type { Random } from '../data/random.ts';

/** Makes the initial values of one parameter. */
export type Initializer = (values: Float32Array, random: Random) => void;

export const zeros: Initializer = () => {};

export const ones: Initializer = (values) => {
  values.fill(1);
};

/** Normal values with mean 0. */
export function normal(std: number): Initializer {
  return (values, random) => {
    random.fillNormal(values, std);
  };
}

/** Pix2pix's N(0, 0.02) (Isola et al. 2017, section 6.2). Only for layers with a norm after them, which removes the scale. */
export const pix2pixNormal = normal(0.02);

/**
 * The same values for every sub-pixel of a convolution whose channels become blocks of pixels (ICNR, Aitken et al. 2017): the
 * result begins as one that is enlarged by repeating pixels, without a checkerboard pattern.
 * @param pixels number of pixels in a block
 * @param channels channels of a pixel; the weight's last axis is pixels x channels
 */
export function subPixels(of: Initializer, pixels: number, channels: number): Initializer {
  return (values, random) => {
    const one = new Float32Array(values.length / pixels);
    of(one, random);
    for (let i = 0; i < values.length; i++) {
      const row = Math.floor(i / (pixels * channels));
      values[i] = one[row * channels + (i % channels)]!;
    }
  };
}

/** Normal values with which a layer's output has `gain` squared times the variance of its input (He et al. 2015). */
export function fanInNormal(fanIn: number, gain = 1): Initializer {
  return normal(gain / Math.sqrt(fanIn));
}
