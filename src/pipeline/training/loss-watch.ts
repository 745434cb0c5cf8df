/** Number of steps whose mean is taken at the beginning and at the end of a training: single batches are too noisy. */
const WINDOW = 20;
/** Ratio of the loss at the end to that at the beginning from which a training counts as failed. */
const RISEN = 1.5;

/**
 * Watches one loss for a training that diverged without becoming infinite: a generator whose last layer is saturated
 * returns one color for every image, no longer has a gradient, and stays that way.
 */
export class LossWatch {
  readonly #last: number[] = [];
  #first: number[] = [];

  /** The first values, for a checkpoint. */
  get first(): readonly number[] {
    return this.#first;
  }

  /** Restores the first values after a resume. */
  restore(first: readonly number[]): void {
    this.#first = [...first];
  }

  note(loss: number): void {
    if (this.#first.length < WINDOW) this.#first.push(loss);
    this.#last.push(loss);
    if (this.#last.length > WINDOW) this.#last.shift();
  }

  /** Means at the beginning and the end if the loss has risen; undefined otherwise, and after too few steps. */
  get risen(): { first: number; last: number } | undefined {
    if (this.#first.length < WINDOW || this.#last.length < WINDOW) return undefined;
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [first, last] = [mean(this.#first), mean(this.#last)];
    return last > RISEN * first ? { first, last } : undefined;
  }
}
