/** Thrown if a request was canceled before or while it ran. */
export class CanceledError extends Error {
  override name = 'CanceledError';
}

/**
 * Runs tasks one at a time, in the order in which they arrive: models and devices are shared, and running two
 * computations at once would take longer than one after the other. A task that is canceled while it waits never starts.
 */
export class RequestQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Number of tasks that are waiting or running. */
  get size(): number {
    return this.#waiting;
  }

  /** @throws CanceledError if the signal is aborted before the task starts; otherwise whatever the task throws */
  async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw new CanceledError();
    this.#waiting++;
    let cancel = () => {};
    const calledOff = new Promise<never>((_, reject) => {
      cancel = () => reject(new CanceledError());
      signal.addEventListener('abort', cancel, { once: true });
    });
    const turn = this.#last.then(() => {
      if (signal.aborted) throw new CanceledError();
      signal.removeEventListener('abort', cancel);
      return task();
    });
    // The next task waits until this one ends, whether it succeeds or fails.
    this.#last = turn.catch(() => undefined);
    try {
      return await Promise.race([turn, calledOff]);
    } finally {
      this.#waiting--;
    }
  }
}
