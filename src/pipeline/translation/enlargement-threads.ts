import { availableParallelism } from 'node:os';
import type { Image, ImageSize } from '../../data/image-values.ts';
import { WorkerThreads } from '../../data/worker-threads.ts';
import program from './enlargement-thread.ts?program';

/** What a thread is sent: some rows of a result that is enlarged. It answers with their bytes. */
export interface EnlargementJob {
  /** The result at the network's size, or what it changed. */
  readonly low: Image;
  readonly own: ImageSize;
  readonly from: number;
  readonly to: number;
  /** The same rows of the picture, where something of them is needed. */
  readonly picture?: {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly channels: 3 | 4;
    /** Whether `low` is added to them. Otherwise, only their alpha is taken. */
    readonly isBase: boolean;
  };
}

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
