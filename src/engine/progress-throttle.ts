import type { NewRunEvent } from '../protocol/events.ts';

export type NewProgressEvent = Extract<NewRunEvent, { type: 'progress' }>;

/** A timer that does not keep the process alive; tests inject their own. */
export interface Clock {
  /** Monotonic time in milliseconds. */
  now(): number;
  /** Calls back once after this many milliseconds; the returned function cancels that. */
  after(milliseconds: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

/**
 * Lets through at most one progress event per interval, and always the last one of each message. An event that is
 * held back is released when the interval is over, when the message changes, when the work is complete, or by
 * `flush`.
 */
export class ProgressThrottle {
  #pending: NewProgressEvent | undefined;
  #last: { event: NewProgressEvent; time: number } | undefined;
  #cancelTimer: (() => void) | undefined;
  readonly #intervalMs: number;
  readonly #clock: Clock;
  readonly #pass: (event: NewProgressEvent) => void;

  constructor(intervalMs: number, clock: Clock, pass: (event: NewProgressEvent) => void) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
    this.#pass = pass;
  }

  push(event: NewProgressEvent): void {
    const previous = this.#pending ?? this.#last?.event;
    if (previous !== undefined && !sameWork(previous, event)) this.flush();
    this.#pending = event;
    const wait = this.#last === undefined ? 0 : this.#last.time + this.#intervalMs - this.#clock.now();
    const begins = this.#last === undefined || !sameWork(this.#last.event, event);
    if (begins || wait <= 0 || event.done >= event.total) this.flush();
    else this.#cancelTimer ??= this.#clock.after(wait, () => this.flush());
  }

  /** Releases the event that is held back, if any. */
  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const event = this.#pending;
    if (event === undefined) return;
    this.#pending = undefined;
    this.#last = { event, time: this.#clock.now() };
    this.#pass(event);
  }
}

function sameWork(a: NewProgressEvent, b: NewProgressEvent): boolean {
  return a.message === b.message && a.unit === b.unit && a.total === b.total && a.concept === b.concept;
}
