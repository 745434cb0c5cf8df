import { utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import { createWholeSync, writeWholeSync } from '../project/disk/write-whole.ts';
import { ownerFile, processStatus, readOwner } from '../project/runs/run-owner.ts';
import { UserError } from '../project/user-error.ts';
import type { RunOwner } from '../protocol/run.ts';

const HEARTBEAT_MS = 10_000;

/**
 * This process's ownership of a run. A process takes over by creating the next `owner-<n>.json`, which only one of
 * any number of processes can do. Unlike with a lock file that is replaced, two processes can never both take over
 * from one that died.
 */
export class RunLock {
  readonly #file: string;
  readonly #owner: RunOwner;
  readonly #timer: NodeJS.Timeout;
  #lastBeat = Date.now();

  private constructor(file: string, owner: RunOwner) {
    this.#file = file;
    this.#owner = owner;
    this.#timer = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  }

  /** @throws UserError if another process is working on the run, or its folder does not tell */
  static async acquire(runFolder: string): Promise<RunLock> {
    const status = await processStatus(process.pid);
    const owner: RunOwner = { pid: process.pid, host: hostname(), processStart: status?.start };
    for (;;) {
      const current = await readOwner(runFolder);
      if (current.damage !== undefined) throw new UserError('damaged-run', current.damage);
      if (current.active) {
        const who = current.owner
          ? `process ${current.owner.pid} on ${current.owner.host}`
          : 'another process';
        throw new UserError(
          'run-active',
          `${runFolder}: ${who} is working on this run. Wait until it has finished, or stop it first: dnw stop ${JSON.stringify(runFolder)}`,
        );
      }
      const file = ownerFile(runFolder, current.generation + 1);
      try {
        createWholeSync(file, JSON.stringify(owner));
        return new RunLock(file, owner);
      } catch (error) {
        // Another process was faster: look again who owns the run now.
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
    utimesSync(this.#file, now / 1000, now / 1000);
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
