/**
 * Runs one refresh at a time. Requests that come while one runs are answered together by one more, so that
 * whatever a caller saw before it asked is seen by the refresh that it awaits.
 */
export class Refresher {
  private running: Promise<void> | undefined;
  private queued: Promise<void> | undefined;

  constructor(private readonly refresh: () => Promise<void>) {}

  /** Resolves, or rejects, with a refresh that begins after this call. */
  request(): Promise<void> {
    if (this.running === undefined) return this.begin();
    this.queued ??= this.running.then(
      () => this.next(),
      () => this.next(),
    );
    return this.queued;
  }

  private next(): Promise<void> {
    this.queued = undefined;
    return this.begin();
  }

  private begin(): Promise<void> {
    const running = this.refresh().finally(() => {
      if (this.running === running) this.running = undefined;
    });
    this.running = running;
    return running;
  }
}
