/** A request was called off before or while it ran. */
export class CancelledError extends Error {
  override name = 'CancelledError';
}

/**
 * Runs tasks one at a time, in the order they came: models and devices are shared, and two computations at
 * once would each take longer than both in turn. A task that is called off while it waits never begins.
 */
export class RequestQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Tasks that wait or run. */
  get size(): number {
    return this.#waiting;
  }

  /** @throws CancelledError where the signal is raised before the task begins; else what the task throws */
  async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw new CancelledError();
    this.#waiting++;
    let cancel = () => {};
    const calledOff = new Promise<never>((_, reject) => {
      cancel = () => reject(new CancelledError());
      signal.addEventListener('abort', cancel, { once: true });
    });
    const turn = this.#last.then(() => {
      if (signal.aborted) throw new CancelledError();
      signal.removeEventListener('abort', cancel);
      return task();
    });
    // The next task waits for this one's end, whatever that is.
    this.#last = turn.catch(() => undefined);
    try {
      return await Promise.race([turn, calledOff]);
    } finally {
      this.#waiting--;
    }
  }
}
