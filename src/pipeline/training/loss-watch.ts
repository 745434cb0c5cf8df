/** Steps whose mean counts as the beginning, and as the end, of a training: single batches say little. */
const WINDOW = 20;
/** The loss at the end over that at the beginning from which on a training has gone wrong. */
const RISEN = 1.5;

/**
 * Watches one loss for a training that diverged without ever becoming infinite: a generator whose last layer is
 * saturated returns one color for every image, has no gradient any more, and stays so.
 */
export class LossWatch {
  readonly #last: number[] = [];
  #first: number[] = [];

  /** The first values, for a checkpoint. */
  get first(): readonly number[] {
    return this.#first;
  }

  /** Goes on after a resume. */
  restore(first: readonly number[]): void {
    this.#first = [...first];
  }

  note(loss: number): void {
    if (this.#first.length < WINDOW) this.#first.push(loss);
    this.#last.push(loss);
    if (this.#last.length > WINDOW) this.#last.shift();
  }

  /** Means at the beginning and the end where the loss has risen; undefined otherwise, and after few steps. */
  get risen(): { first: number; last: number } | undefined {
    if (this.#first.length < WINDOW || this.#last.length < WINDOW) return undefined;
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [first, last] = [mean(this.#first), mean(this.#last)];
    return last > RISEN * first ? { first, last } : undefined;
  }
}
