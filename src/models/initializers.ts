import type { Random } from '../data/random.ts';

/** Fills the first values of one parameter. */
export type Initializer = (values: Float32Array, random: Random) => void;

export const zeros: Initializer = () => {};

export const ones: Initializer = (values) => {
  values.fill(1);
};

/** Normal values of mean 0. */
export function normal(std: number): Initializer {
  return (values, random) => {
    random.fillNormal(values, std);
  };
}

/** Pix2pix's N(0, 0.02) (Isola et al. 2017, section 6.2). Only for layers whose scale a norm takes out again. */
export const pix2pixNormal = normal(0.02);

/** Normal values that keep the variance of a layer's input (He et al. 2015), `gain` squared times it. */
export function fanInNormal(fanIn: number, gain = 1): Initializer {
  return normal(gain / Math.sqrt(fanIn));
}
