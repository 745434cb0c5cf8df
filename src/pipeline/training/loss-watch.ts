/** Number of steps whose mean is taken at the beginning and at the end of a training: single batches are too noisy. */
const WINDOW = 20;
/** Ratio of the loss at the end to that at the beginning from which a training counts as failed. */
const RISEN = 1.5;
/** Number of last steps that are enough beside a gray image, which is compared on the same batches. */
const FEW = 5;
/** Ratio to the loss of the first step, and to that of a plain gray image, from which a training counts as failed. */
const LOST = 1.2;
/** The same over a whole window, in which a training that is still worse than a gray image has gained little either. */
const LOST_FOR_LONG = { first: 0.9, gray: 1.1 };

/** L1 losses of a training that has lost the image. */
export interface LostImage {
  readonly first: number;
  readonly last: number;
  /** That of a plain gray image on the last batches, if it was compared. */
  readonly gray?: number;
}

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

  /** What shows that the generator has lost the image; undefined if nothing does, and after too few steps. */
  get loss(): LostImage | undefined {
    return this.#risenGradually() ?? this.#lostAtOnce() ?? this.#lostForLong();
  }

  #risenGradually(): LostImage | undefined {
    if (this.#first.length < WINDOW || this.#last.length < WINDOW) return undefined;
    const [first, last] = [mean(this.#first), mean(this.#last.map(({ loss }) => loss))];
    return last > RISEN * first ? { first, last } : undefined;
  }

  #lostAtOnce(): LostImage | undefined {
    return this.#lost(FEW, { first: LOST, gray: LOST });
  }

  #lostForLong(): LostImage | undefined {
    return this.#lost(WINDOW, LOST_FOR_LONG);
  }

  #lost(steps: number, least: { readonly first: number; readonly gray: number }): LostImage | undefined {
    if (this.#last.length < steps) return undefined;
    const recent = this.#last.slice(-steps);
    const [first] = this.#first as [number];
    const [last, gray] = [mean(recent.map(({ loss }) => loss)), mean(recent.map(({ plain }) => plain))];
    return last > least.first * first && last > least.gray * gray ? { first, last, gray } : undefined;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
