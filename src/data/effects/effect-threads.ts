import type { Effect } from '../../project/schema/effects.ts';
import type { Image } from '../image-values.ts';
import { WorkerThreads } from '../worker-threads.ts';
import type { EffectJob } from './effect-job.ts';
import program from './effect-thread.ts?program';

/** Threads that apply effects. Which thread an image goes to makes no difference to the result. */
export class EffectThreads {
  readonly #threads: WorkerThreads<EffectJob, Float32Array>;

  /** @param count maximum number of threads, 1 or more */
  constructor(readonly count: number) {
    const nameOf = ({ effects }: EffectJob) => `effects ${effects.map(({ name }) => name).join(', ')}`;
    this.#threads = new WorkerThreads(count, program, nameOf);
  }

  /**
   * Applies effects to an image, which is not changed.
   * @param signal if aborted, the promise rejects with its reason at once, and the thread ends
   * @throws Error if the thread ends by itself
   */
  async apply(image: Image, effects: readonly Effect[], signal: AbortSignal): Promise<Image> {
    const { width, height } = image;
    return { width, height, data: await this.#threads.run({ image, effects }, signal) };
  }

  /** Ends all threads; images that are still waiting are never edited. */
  async dispose(): Promise<void> {
    await this.#threads.dispose();
  }
}
