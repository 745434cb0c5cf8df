import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** Snapshot of a `Random` that can be stored as JSON: four words of generator state, then the four words of its key. */
export type RandomState = number[];

const STATE_WORDS = 8;

/**
 * Seeded random numbers (xoroshiro128+, Blackman and Vigna 2018), the same bits on every machine: they use only exactly
 * rounded arithmetic and no transcendental functions of the JavaScript engine.
 */
export class Random {
  /** The key that this stream was derived from. Forks are derived from it too, independent of the numbers drawn so far. */
  #key: readonly number[];
  #generator: ReturnType<typeof xoroshiro128plusFromState>;

  /** @param seed any safe integer; neighboring seeds give unrelated streams */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`Random: seed ${seed} is not a safe integer`);
    this.#key = keyOf(`seed ${seed}`);
    this.#generator = xoroshiro128plusFromState(this.#key);
  }

  /**
   * Continues a stream exactly where `state()` was taken.
   * @throws RangeError if the state is anything else
   */
  static fromState(state: RandomState): Random {
    if (state.length !== STATE_WORDS || state.some((word) => word !== (word | 0))) {
      throw new RangeError(`Random: a state is ${STATE_WORDS} 32-bit integers, not ${JSON.stringify(state)}`);
    }
    const random = new Random(0);
    random.#generator = xoroshiro128plusFromState(state.slice(0, 4));
    random.#key = state.slice(4);
    return random;
  }

  state(): RandomState {
    return [...this.#generator.getState(), ...this.#key];
  }

  /** A new stream named `label`: always the same for the same parent and label, and unrelated to all others. */
  fork(label: string): Random {
    const key = keyOf(`fork ${this.#key.join(' ')} ${label}`);
    return Random.fromState([...key, ...key]);
  }

  /** A uniform number in [0, 1), a multiple of 2^-53. */
  uniform(): number {
    return uniformFloat64(this.#generator);
  }

  /**
   * A uniform integer in [0, n), without modulo bias.
   * @throws RangeError if `n` is not a positive integer
   */
  int(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`Random.int: ${n} is not a positive integer`);
    return uniformInt(this.#generator, 0, n - 1);
  }

  /** A standard normal number. */
  normal(): number {
    return this.#normalPair()[0];
  }

  /** Fills `out` with independent normal values of mean 0 and the given standard deviation; returns `out`. */
  fillNormal(out: Float32Array, std = 1): Float32Array {
    for (let i = 0; i < out.length; i += 2) {
      const [first, second] = this.#normalPair();
      out[i] = first * std;
      if (i + 1 < out.length) out[i + 1] = second * std;
    }
    return out;
  }

  /** A uniformly random order of 0 to n - 1 (Fisher-Yates). */
  shuffle(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = uniformInt(this.#generator, 0, i);
      const swapped = order[i]!;
      order[i] = order[j]!;
      order[j] = swapped;
    }
    return order;
  }

  /** A normal number by Marsaglia's polar method, which needs a logarithm and a root, but no sine. */
  #normalPair(): [number, number] {
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square < 1 && square > 0) {
        const factor = Math.sqrt((-2 * logarithm(square)) / square);
        return [x * factor, y * factor];
      }
    }
  }
}

/** 128 bits of SHA-256 as signed words: a generator state that is never all zero in practice. */
function keyOf(text: string): number[] {
  const digest = createHash('sha256').update(text).digest();
  return [0, 4, 8, 12].map((offset) => digest.readInt32LE(offset));
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
const HIGH_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * Natural logarithm of a positive normal number, accurate to about 1e-15. `Math.log` may differ in its last bit between
 * JavaScript engines; this function uses only operations that IEEE 754 rounds exactly.
 */
function logarithm(value: number): number {
  float[0] = value;
  const high = words[HIGH_WORD]!;
  let exponent = (high >>> 20) - 1023;
  words[HIGH_WORD] = (high & 0xfffff) | (1023 << 20);
  let mantissa = float[0];
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  // ln m = 2 artanh((m - 1) / (m + 1)), and |z| < 0.172 for m in [1/sqrt 2, sqrt 2]: ten terms suffice.
  const z = (mantissa - 1) / (mantissa + 1);
  const square = z * z;
  let sum = 0;
  for (let k = 19; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return exponent * Math.LN2 + 2 * z * sum;
}
