import type { FiniteMoments } from '../../protocol/tensors.ts';

/** Values above this are counted in units of LARGE_UNIT, so that no square overflows. */
const LARGE = 2 ** 500;
const LARGE_UNIT = 2 ** 560;

/**
 * Moments of any number of values that arrive in pieces. Each piece's mean and sum of squared deviations are merged
 * into the total (Chan, Golub and LeVeque 1983), which loses no digits if the mean is large compared with the
 * deviation. Doubles below about 1e-162 have squares of zero, so the norm and the deviation of such values are zero.
 */
export class MomentAccumulator {
  nan = 0;
  inf = 0;
  zeros = 0;
  #finite = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  /** This and the following fields are in units of `#unit`. */
  #mean = 0;
  #deviations = 0;
  #squares = 0;
  #unit = 1;

  add(values: Float64Array): void {
    let finite = 0;
    let sum = 0;
    let [min, max] = [this.#min, this.#max];
    let zeros = 0;
    const factor = 1 / this.#unit;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isFinite(value)) {
        finite++;
        if (value === 0) zeros++;
        if (value < min) min = value;
        if (value > max) max = value;
        sum += value * factor;
      } else if (Number.isNaN(value)) this.nan++;
      else this.inf++;
    }
    this.zeros += zeros;
    [this.#min, this.#max] = [min, max];
    if (finite === 0) return;
    if (this.#unit === 1 && Math.max(-min, max) > LARGE) {
      this.#rescale();
      sum = 0;
      for (const value of values) if (Number.isFinite(value)) sum += value / this.#unit;
    }
    this.#merge(values, finite, sum / finite);
  }

  /** Undefined if no value was finite. */
  get finite(): FiniteMoments | undefined {
    if (this.#finite === 0) return undefined;
    const bounded = (value: number) => Math.min(value, Number.MAX_VALUE);
    return {
      // -0 becomes 0.
      min: this.#min + 0,
      max: this.#max + 0,
      mean: this.#mean * this.#unit,
      std: bounded(Math.sqrt(this.#deviations / this.#finite) * this.#unit),
      norm: bounded(Math.sqrt(this.#squares) * this.#unit),
    };
  }

  #merge(values: Float64Array, finite: number, mean: number): void {
    const factor = 1 / this.#unit;
    let deviations = 0;
    let squares = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]! * factor;
      if (!Number.isFinite(value)) continue;
      deviations += (value - mean) * (value - mean);
      squares += value * value;
    }
    const total = this.#finite + finite;
    const apart = mean - this.#mean;
    this.#deviations += deviations + apart * apart * ((this.#finite * finite) / total);
    this.#mean += apart * (finite / total);
    this.#squares += squares;
    this.#finite = total;
  }

  #rescale(): void {
    this.#unit = LARGE_UNIT;
    this.#mean /= LARGE_UNIT;
    // Divided twice, because the square of the unit overflows a double.
    this.#deviations = this.#deviations / LARGE_UNIT / LARGE_UNIT;
    this.#squares = this.#squares / LARGE_UNIT / LARGE_UNIT;
  }
}
