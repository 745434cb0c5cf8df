/** The other side of `WorkerThreads`: what the program of a thread is made of. */
import { parentPort, type Transferable } from 'node:worker_threads';

/** What a thread answers: the result of a job, or what went wrong. */
export type JobOutcome<Result> = { readonly result: Result } | { readonly error: string };

/**
 * Answers one job after the other.
 * @param transferred parts of a result that are handed over instead of copied: nobody else may have them
 */
export function answerJobs<Job, Result>(
  answer: (job: Job) => Result,
  transferred: (result: Result) => readonly Transferable[],
): void {
  const port = parentPort!;
  port.on('message', (job: Job) => {
    try {
      const result = answer(job);
      port.postMessage({ result } satisfies JobOutcome<Result>, transferred(result));
    } catch (error) {
      port.postMessage({ error: (error as Error).stack ?? String(error) } satisfies JobOutcome<Result>);
    }
  });
}
