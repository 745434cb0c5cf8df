import { type Transferable, Worker } from 'node:worker_threads';
import type { JobOutcome } from './worker-thread.ts';

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly transfer: readonly Transferable[];
  readonly signal: AbortSignal;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Threads that run one program (`answerJobs`), which answers every job with a result that depends on the job alone. They are
 * started when there is work for them, and live until they are disposed of.
 */
export class WorkerThreads<Job, Result> {
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  readonly #waiting: Waiting<Job, Result>[] = [];

  /**
   * @param count maximum number of threads, 1 or more
   * @param program its text, as `?program` imports it
   * @param nameOf what errors call a job
   */
  constructor(
    readonly count: number,
    private readonly program: string,
    private readonly nameOf: (job: Job) => string,
  ) {}

  /**
   * @param signal if aborted, the promise rejects with its reason at once, and the thread ends
   * @param transfer parts of the job that the thread takes over instead of copying them
   * @throws Error if the thread ends by itself, or the job fails
   */
  run(job: Job, signal: AbortSignal, transfer: readonly Transferable[] = []): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, transfer, signal, resolve, reject });
      this.#next();
    });
  }

  /** Ends all threads; jobs that are still waiting are never run. */
  async dispose(): Promise<void> {
    for (const { job, reject } of this.#waiting.splice(0))
      reject(new Error(`${this.nameOf(job)}: not computed any more: the threads were disposed of`));
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
    const worker = new Worker(this.program, { eval: true, execArgv: [] });
    this.#all.add(worker);
    worker.once('exit', () => {
      this.#all.delete(worker);
      const place = this.#idle.indexOf(worker);
      if (place >= 0) this.#idle.splice(place, 1);
      this.#next();
    });
    return worker;
  }

  #run(worker: Worker, { job, transfer, signal, resolve, reject }: Waiting<Job, Result>): void {
    let cause: unknown;
    const name = this.nameOf(job);
    const onOutcome = (outcome: JobOutcome<Result>) => {
      settle();
      this.#idle.push(worker);
      if ('error' in outcome) reject(new Error(`${name}: ${outcome.error}`));
      else resolve(outcome.result);
      this.#next();
    };
    const onError = (error: unknown) => {
      cause = error;
    };
    const onExit = (code: number) => {
      settle();
      const why = cause instanceof Error ? cause.message : `exit code ${code}`;
      reject(new Error(`${name}: the thread that computes this has ended: ${why}`, { cause }));
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
    worker.postMessage(job, transfer);
  }
}
