/** Number of steps whose mean is taken at the beginning and at the end of a training: single batches are too noisy. */
const WINDOW = 20;
/** Ratio of the loss at the end to that at the beginning from which a training counts as failed. */
const RISEN = 1.5;
/** Number of last steps that are enough beside a gray image, which is compared on the same batches. */
const FEW = 5;
/** Ratio to the loss of the first step, and to that of a plain gray image, from which a training counts as failed. */
const LOST = 1.2;

/**
 * Watches the L1 loss for a training that diverged without becoming infinite: a generator whose last layer is saturated
 * returns one color for every image, no longer has a gradient, and stays that way. It may break down in its very first
 * steps, so that the loss of the first window is as high as that of the last one. Then it is further from its targets
 * than a plain gray image would be, and than it was before its first step.
 */
export class LossWatch {
  readonly #last: { readonly loss: number; readonly plain: number }[] = [];
  #first: number[] = [];

  /** The first values, for a checkpoint. */
  get first(): readonly number[] {
    return this.#first;
  }

  /** Restores the first values after a resume. */
  restore(first: readonly number[]): void {
    this.#first = [...first];
  }

  /** @param plain loss of a plain gray image on the same batch; infinite if there is none */
  note(loss: number, plain: number): void {
    if (this.#first.length < WINDOW) this.#first.push(loss);
    this.#last.push({ loss, plain });
    if (this.#last.length > WINDOW) this.#last.shift();
  }

  /** The loss at the beginning and at the end if it has risen; undefined otherwise, and after too few steps. */
  get risen(): { first: number; last: number } | undefined {
    return this.#risenGradually() ?? this.#lostAtOnce();
  }

  #risenGradually(): { first: number; last: number } | undefined {
    if (this.#first.length < WINDOW || this.#last.length < WINDOW) return undefined;
    const [first, last] = [mean(this.#first), mean(this.#last.map(({ loss }) => loss))];
    return last > RISEN * first ? { first, last } : undefined;
  }

  #lostAtOnce(): { first: number; last: number } | undefined {
    if (this.#last.length < FEW) return undefined;
    const recent = this.#last.slice(-FEW);
    const [first] = this.#first as [number];
    const [last, gray] = [mean(recent.map(({ loss }) => loss)), mean(recent.map(({ plain }) => plain))];
    return last > LOST * first && last > LOST * gray ? { first, last } : undefined;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
