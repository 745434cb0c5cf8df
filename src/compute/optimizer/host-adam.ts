/** Adam over vectors in host memory: the WebAssembly kernel and the memory it works in. */

import type { AdamOptions } from '../types.ts';
import { DEFAULT_EPSILON } from './adam.ts';
import adamModule from './assembly/adam.wasm';
import type { OptimizerRates } from './optimizer-state.ts';

type Kernel = (
  values: number,
  moment1: number,
  moment2: number,
  gradient: number,
  count: number,
  ...numbers: readonly number[]
) => void;

const PAGE_BYTES = 65536;
const VALUE_BYTES = 4;
/** Values in one vector register. */
const LANES = 4;
let compiled: WebAssembly.Module | undefined;

/** A parameter group's values and moments, in one memory. */
export class HostAdam {
  /** The vectors, all of one length; views that stay valid. */
  readonly values: Float32Array;
  readonly moment1: Float32Array;
  readonly moment2: Float32Array;
  /** The gradient, to be written before `update`. */
  readonly gradient: Float32Array;
  private readonly kernel: Kernel;
  /** Distance between the starts of two vectors in memory, in bytes. */
  private readonly stride: number;

  /** Takes a copy of the initial values; the moments are zero. */
  constructor(
    initial: Float32Array,
    private readonly options: AdamOptions,
  ) {
    const padded = Math.ceil(initial.length / LANES) * LANES;
    this.stride = padded * VALUE_BYTES;
    const memory = new WebAssembly.Memory({ initial: Math.ceil((4 * this.stride) / PAGE_BYTES) });
    compiled ??= new WebAssembly.Module(adamModule);
    const instance = new WebAssembly.Instance(compiled, { env: { memory } });
    this.kernel = instance.exports.adam as Kernel;
    const vector = (index: number) => new Float32Array(memory.buffer, index * this.stride, initial.length);
    this.values = vector(0);
    this.moment1 = vector(1);
    this.moment2 = vector(2);
    this.gradient = vector(3);
    this.values.set(initial);
  }

  /** One update by `gradient`, in place. The padding of each vector to whole registers is zero and stays zero. */
  update({ step, scale, decay }: OptimizerRates): void {
    const { beta1, beta2, epsilon = DEFAULT_EPSILON } = this.options;
    const addresses = [0, this.stride, 2 * this.stride, 3 * this.stride] as const;
    const count = this.stride / VALUE_BYTES;
    this.kernel(...addresses, count, beta1, 1 - beta1, beta2, 1 - beta2, step, scale, decay, epsilon);
  }

  reset(): void {
    this.moment1.fill(0);
    this.moment2.fill(0);
  }
}
