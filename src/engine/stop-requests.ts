import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES } from '../protocol/run.ts';
import { EXIT } from './exit-codes.ts';

/** Time between checks for the file: each is slow on a network file system, and a person does not notice this delay. */
const FILE_CHECK_MS = 250;

/**
 * Tells whether a run was asked to stop: by the file `stop-request` in its folder, by SIGINT (Ctrl-C) or by
 * SIGTERM (a cluster's scheduler). A second SIGINT ends the process immediately; the run can then be resumed
 * from its last checkpoint. SIGHUP keeps its default handling, so that `nohup` works.
 */
export class StopRequests {
  readonly #file: string;
  readonly #onAsked: (how: string) => void;
  #asked = false;
  #lastCheck = Number.NEGATIVE_INFINITY;
  readonly #interrupt = () => {
    if (this.#asked) process.exit(EXIT.stopped);
    this.#stop('Stopping after this step; press Ctrl-C again to quit immediately.');
  };
  readonly #terminate = () => this.#stop('Stopping after this step (SIGTERM).');

  constructor(runFolder: string, onAsked: (message: string) => void) {
    this.#file = join(runFolder, RUN_FILES.stopRequest);
    this.#onAsked = onAsked;
    process.on('SIGINT', this.#interrupt);
    process.on('SIGTERM', this.#terminate);
  }

  asked(): boolean {
    if (!this.#asked && performance.now() - this.#lastCheck >= FILE_CHECK_MS) {
      this.#lastCheck = performance.now();
      if (existsSync(this.#file)) this.#stop('Stopping after this step, as requested.');
    }
    return this.#asked;
  }

  /** Stops the run for another reason. @param message why */
  ask(message: string): void {
    this.#stop(message);
  }

  dispose(): void {
    process.off('SIGINT', this.#interrupt);
    process.off('SIGTERM', this.#terminate);
  }

  #stop(message: string): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#onAsked(message);
  }
}
