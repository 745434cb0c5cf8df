import { availableParallelism } from 'node:os';
import { WorkerThreads } from '../../data/worker-threads.ts';
import type { EnlargementJob } from './enlargement-job.ts';
import program from './enlargement-thread.ts?program';

/** Threads that enlarge what a network made, so that it need not wait. Which thread does it makes no difference to the result. */
export class EnlargementThreads extends WorkerThreads<EnlargementJob, Uint8Array> {
  /** @param threads their maximum number, as in a training config; 0 for one on each core */
  constructor(threads: number) {
    super(
      threads || availableParallelism(),
      program,
      ({ from, to }) => `enlarging rows ${from} to ${to} of a picture`,
    );
  }
}
