/**
 * Called between the parts of long work, to report progress and to let other things happen. An error that it throws ends
 * the work.
 */
export type Between = (done: number, total: number) => Promise<void>;

/** Maximum delay before a stop request takes effect, in milliseconds. */
const CHECK_EVERY = 250;

/**
 * Runs work that can be canceled, and aborts its signal once `shouldStop` returns true.
 * @returns undefined if the work was canceled, whatever it rejected with
 */
export async function unlessStopped<T>(
  shouldStop: () => boolean,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (shouldStop()) controller.abort();
  }, CHECK_EVERY);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) return undefined;
    throw error;
  } finally {
    clearInterval(timer);
  }
}
