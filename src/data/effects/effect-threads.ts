import { Worker } from 'node:worker_threads';
import type { Effect } from '../../project/schema/effects.ts';
import type { Image } from '../image-values.ts';
import type { EffectJob, EffectOutcome } from './effect-messages.ts';
import program from './effect-thread.ts?program';

interface Waiting extends EffectJob {
  readonly signal: AbortSignal;
  readonly resolve: (image: Image) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Threads that apply effects. They are started when there is work for them, and live until they are disposed of. Which thread
 * an image goes to makes no difference to the result.
 */
export class EffectThreads {
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  readonly #waiting: Waiting[] = [];

  /**
   * @param count maximum number of threads, 1 or more
   * @param source the program that they run (default: this package's)
   */
  constructor(
    readonly count: number,
    private readonly source: string = program,
  ) {}

  /**
   * Applies effects to an image, which is not changed.
   * @param signal if aborted, the promise rejects with its reason at once, and the thread ends
   * @throws Error if the thread ends by itself
   */
  apply(image: Image, effects: readonly Effect[], signal: AbortSignal): Promise<Image> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ image, effects, signal, resolve, reject });
      this.#next();
    });
  }

  /** Ends all threads; images that are still waiting are never edited. */
  async dispose(): Promise<void> {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('no effects any more: disposed of'));
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
  }

  #next(): void {
    while (this.#waiting[0]?.signal.aborted) {
      const { signal, reject } = this.#waiting.shift()!;
      reject(signal.reason);
    }
    if (this.#waiting.length === 0) return;
    const worker = this.#idle.pop() ?? (this.#all.size < this.count ? this.#start() : undefined);
    if (worker) this.#run(worker, this.#waiting.shift()!);
  }

  #start(): Worker {
    const worker = new Worker(this.source, { eval: true, execArgv: [] });
    this.#all.add(worker);
    worker.once('exit', () => {
      this.#all.delete(worker);
      const place = this.#idle.indexOf(worker);
      if (place >= 0) this.#idle.splice(place, 1);
      this.#next();
    });
    return worker;
  }

  #run(worker: Worker, { image, effects, signal, resolve, reject }: Waiting): void {
    const { width, height } = image;
    let cause: unknown;
    const names = effects.map(({ name }) => name).join(', ');
    const onOutcome = (outcome: EffectOutcome) => {
      settle();
      this.#idle.push(worker);
      if ('data' in outcome) resolve({ width, height, data: outcome.data });
      else reject(new Error(`effects ${names}: ${outcome.error}`));
      this.#next();
    };
    const onError = (error: unknown) => {
      cause = error;
    };
    const onExit = (code: number) => {
      settle();
      const why = cause instanceof Error ? cause.message : `exit code ${code}`;
      reject(new Error(`effects ${names}: the thread that computes them has ended: ${why}`, { cause }));
    };
    const onAbort = () => {
      settle();
      reject(signal.reason);
      void worker.terminate();
    };
    const settle = () => {
      worker.off('message', onOutcome);
      worker.off('error', onError);
      worker.off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
    };
    worker.on('message', onOutcome);
    worker.on('error', onError);
    worker.on('exit', onExit);
    signal.addEventListener('abort', onAbort);
    worker.postMessage({ image, effects } satisfies EffectJob);
  }
}
