/** Minimum time between two sends in milliseconds: ten per second is more than anyone can read. */
const INTERVAL_MS = 100;

/**
 * Thins out a stream of "something changed": the first is sent at once, those that follow within the interval
 * together at its end. `send` takes the state as it is then, so the newest wins. One send runs at a time.
 */
export class Pacer {
  private timer: NodeJS.Timeout | undefined;
  private sending = false;
  private again = false;
  private disposed = false;

  /** @param fail called with what `send` throws; the next change is still sent */
  constructor(
    private readonly send: () => Promise<void> | void,
    private readonly fail: (error: unknown) => void,
  ) {}

  request(): void {
    if (this.timer !== undefined || this.sending) this.again = true;
    else void this.run();
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    this.again = false;
    this.sending = true;
    try {
      await this.send();
    } catch (error) {
      this.fail(error);
    } finally {
      this.sending = false;
      if (!this.disposed) this.timer = setTimeout(() => this.elapsed(), INTERVAL_MS);
    }
  }

  private elapsed(): void {
    this.timer = undefined;
    if (this.again) void this.run();
  }
}
