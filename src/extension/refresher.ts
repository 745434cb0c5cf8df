/**
 * Runs one refresh at a time. Requests that arrive while one is running share a single further refresh, so that each
 * caller awaits a refresh that began after its request.
 */
export class Refresher {
  private running: Promise<void> | undefined;
  private queued: Promise<void> | undefined;

  constructor(private readonly refresh: () => Promise<void>) {}

  /** Settles with a refresh that begins after this call. */
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
