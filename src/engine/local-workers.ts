import { type ChildProcess, spawn } from 'node:child_process';
import { freemem } from 'node:os';
import { finished } from 'node:stream/promises';
import type { Workers } from '../pipeline/stage.ts';
import { EXIT } from './exit-codes.ts';

const MEBIBYTE = 2 ** 20;
/** What a process takes while it trains, as a multiple of what it takes once it has compiled its networks. */
const TRAINING_FACTOR = 1.5;

/** Memory, in bytes. */
export interface FreeMemory {
  /** What one more process takes. */
  readonly each: number;
  readonly available: number;
}

/** Memory now, for processes that do the same as this one, which has compiled its networks. */
export function freeMemory(): FreeMemory {
  // Not in every version that we support.
  const available = process.availableMemory?.() ?? freemem();
  return { each: TRAINING_FACTOR * process.memoryUsage.rss(), available };
}

/**
 * The number of processes to start: no more than memory is free for, or the system would end some of them.
 * @param warn called if these are fewer than wanted
 */
export function workersThatFit(
  wanted: number,
  { each, available }: FreeMemory,
  warn: (message: string) => void,
): number {
  const fitting = Math.min(wanted, Math.floor(available / each));
  if (fitting < wanted) {
    const [one, free] = [each, available].map((bytes) => `${Math.round(bytes / MEBIBYTE)} MiB`);
    warn(
      `only ${fitting} of ${wanted} more processes are started: each takes about ${one}, and ${free} are free`,
    );
  }
  return fitting;
}

/** Characters of a worker's standard error that are kept to explain its end. */
const KEPT = 2000;

/**
 * Processes on this machine that take units of a run. They are connected to this process: when it ends, however it does, they
 * end after their current step, with a checkpoint.
 */
export class LocalWorkers implements Workers {
  readonly #processes: readonly ChildProcess[];
  readonly #ended: Promise<unknown>;

  /** @param warn called with what happened when one of them fails; the others go on */
  constructor(count: number, runFolder: string, warn: (message: string) => void) {
    this.#processes = Array.from({ length: count }, () => start(runFolder));
    this.#ended = Promise.all(this.#processes.map((worker) => ended(worker, warn)));
  }

  async end(): Promise<void> {
    for (const worker of this.#processes) if (worker.connected) worker.disconnect();
    await this.#ended;
  }
}

function start(runFolder: string): ChildProcess {
  const program = process.argv[1]!;
  return spawn(process.execPath, [...process.execArgv, program, 'work', runFolder], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

function ended(worker: ChildProcess, warn: (message: string) => void): Promise<void> {
  let output = '';
  worker.stderr!.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-KEPT);
  });
  return new Promise((resolve) => {
    worker.once('error', (error) => {
      warn(`a worker could not be started: ${error.message}`);
      resolve();
    });
    // Not `close`, which a process that was disconnected does not have.
    worker.once('exit', async (code, signal) => {
      await finished(worker.stderr!).catch(() => {});
      if (code !== EXIT.ok && code !== EXIT.stopped) {
        const how = signal === null ? `exit code ${code}` : signal;
        warn(`worker ${worker.pid} has ended (${how}); the others go on. ${output.trim()}`.trim());
      }
      resolve();
    });
  });
}
