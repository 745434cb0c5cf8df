import { utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import type { RunOwner } from '../../protocol/run.ts';
import { createWholeSync, writeWholeSync } from '../disk/write-whole.ts';
import { UserError } from '../user-error.ts';
import { type OwnerState, ownerFile, processStatus, readOwner } from './run-owner.ts';

const HEARTBEAT_MS = 10_000;

/**
 * This process's ownership of a run, or of one of its units. A process takes over by creating the next `owner-<n>.json`
 * in its folder, which only one of any number of processes can do. Unlike with a lock file that is replaced, two
 * processes can never both take over from one that died.
 */
export class RunLock {
  readonly #file: string;
  readonly #owner: RunOwner;
  readonly #timer: NodeJS.Timeout;
  #lastBeat = Date.now();

  /** @param generation the n of `owner-<n>.json`: greater than 1 if another process worked on it before */
  private constructor(
    folder: string,
    readonly generation: number,
    owner: RunOwner,
  ) {
    this.#file = ownerFile(folder, generation);
    this.#owner = owner;
    this.#timer = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  }

  /** @throws UserError if another process is working on the run, or its folder does not tell */
  static async acquire(runFolder: string): Promise<RunLock> {
    const lock = await RunLock.tryAcquire(runFolder);
    if (lock instanceof RunLock) return lock;
    const who = lock.owner ? `process ${lock.owner.pid} on ${lock.owner.host}` : 'another process';
    throw new UserError(
      'run-active',
      `${runFolder}: ${who} is working on this run. Wait until it has finished, or stop it first: dnw stop ${JSON.stringify(runFolder)}`,
    );
  }

  /**
   * @returns the state of the folder if another process is working on it
   * @throws UserError if the folder does not tell; ENOENT if it does not exist
   */
  static async tryAcquire(folder: string): Promise<RunLock | OwnerState> {
    const status = await processStatus(process.pid);
    const owner: RunOwner = { pid: process.pid, host: hostname(), processStart: status?.start };
    for (;;) {
      const current = await readOwner(folder);
      if (current.damage !== undefined) throw new UserError('damaged-run', current.damage);
      if (current.active) return current;
      const generation = current.generation + 1;
      try {
        createWholeSync(ownerFile(folder, generation), JSON.stringify(owner));
        return new RunLock(folder, generation, owner);
      } catch (error) {
        // Another process was faster: look again who owns the folder now.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  /**
   * Shows processes on other machines that this one is alive. Also called with every event, since a long
   * computation holds up timers.
   */
  beat(): void {
    const now = Date.now();
    if (now - this.#lastBeat < HEARTBEAT_MS) return;
    this.#lastBeat = now;
    try {
      utimesSync(this.#file, now / 1000, now / 1000);
    } catch (error) {
      // This process was silent for so long that another one took the unit, and has finished it.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  /** Shows others at once that nobody is working on the run any more. */
  release(): void {
    clearInterval(this.#timer);
    const released: RunOwner = { ...this.#owner, released: Date.now() };
    try {
      writeWholeSync(this.#file, JSON.stringify(released));
    } catch {
      // For example, a full disk. Others then notice that the process is gone or that its heartbeat has stopped, and a
      // run that has succeeded does not fail for this.
    }
  }
}
