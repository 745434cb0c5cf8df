/** A person's stop is answered this soon, in milliseconds. */
const CHECK_EVERY = 250;

/**
 * Runs work that can be cancelled, and aborts its signal once `shouldStop` says so.
 * @returns undefined where the work was cancelled, whatever it rejected with
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
