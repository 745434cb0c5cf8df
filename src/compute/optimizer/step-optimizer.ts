import { pinnedArray } from '../onnx/binding.ts';
import type { Executor } from '../types.ts';
import { nextName } from './optimizer.ts';
import { type OptimizerRates, RATE_PARTS, STATE_PARTS } from './optimizer-state.ts';

/** An optimizer over vectors in host memory whose update is a compiled step (`optimizerStep`). */
export class StepOptimizer {
  readonly values: Float32Array;
  readonly moment1: Float32Array;
  readonly moment2: Float32Array;
  readonly gradient: Float32Array;

  /**
   * Takes a copy of the initial values; the moments are zero.
   * @param executor runs the update; disposed with this
   */
  constructor(
    initial: Float32Array,
    private readonly executor: Executor,
  ) {
    const vector = () => pinnedArray('float32', initial.length) as Float32Array;
    this.values = vector();
    this.moment1 = vector();
    this.moment2 = vector();
    this.gradient = vector();
    this.values.set(initial);
  }

  async update(rates: OptimizerRates): Promise<void> {
    const { values, moment1, moment2, gradient } = this;
    const numbers = RATE_PARTS.map((part) => [part, Float32Array.of(rates[part])]);
    const next = await this.executor.run({
      values,
      moment1,
      moment2,
      gradient,
      ...Object.fromEntries(numbers),
    });
    for (const part of STATE_PARTS) this[part].set(next[nextName(part)]!);
  }

  reset(): void {
    this.moment1.fill(0);
    this.moment2.fill(0);
  }

  dispose(): Promise<void> {
    return this.executor.dispose();
  }
}
