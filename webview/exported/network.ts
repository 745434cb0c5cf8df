import * as l10n from '@vscode/l10n';
import type { PageFacts } from '../../src/protocol/exported-page.ts';
import { takeGzipped, unzipped } from './blocks.ts';
import type { Failure, Settings, Translation, WorkerReply, WorkerRequest } from './messages.ts';

/** Why there is no translation. */
export class NotTranslated extends Error {
  constructor(readonly failure: Failure) {
    super(failure.reason);
  }
}

/** A worker that has loaded the network, or is about to. */
interface Running {
  readonly worker: Worker;
  readonly ready: Promise<void>;
}

interface Translating {
  readonly resolve: (translation: Translation) => void;
  readonly reject: (error: NotTranslated) => void;
  readonly onProgress: (done: number) => void;
}

/** The network in its worker, which is ended to stop a translation, and started again for the next one. */
export class Network {
  readonly #script = takeGzipped('worker');
  readonly #runtime = takeGzipped('runtime');
  readonly #model = takeGzipped('model');
  #running: Promise<Running> | undefined;
  #translating: Translating | undefined;
  #newest: object | undefined;

  constructor(private readonly facts: PageFacts) {}

  /** Loads the network, unless it is loaded. @throws NotTranslated */
  async load(): Promise<void> {
    this.#running ??= this.#started();
    await (await this.#running).ready;
  }

  /**
   * Translates a picture, in place of the one that is being translated.
   * @param onProgress called with the share that is done, from 0 to 1
   * @returns undefined if another one took its place; the promise of one that was stopped in the middle never settles
   * @throws NotTranslated
   */
  async translate(
    file: Blob,
    settings: Settings,
    onProgress: (done: number) => void,
  ): Promise<Translation | undefined> {
    this.stop();
    const own = {};
    this.#newest = own;
    await this.load();
    if (this.#newest !== own) return undefined;
    const { worker } = await this.#running!;
    return new Promise((resolve, reject) => {
      this.#translating = { resolve, reject, onProgress };
      worker.postMessage({ kind: 'translate', file, settings } satisfies WorkerRequest);
    });
  }

  /** Ends the translation that is going on. */
  stop(): void {
    this.#newest = undefined;
    if (!this.#translating) return;
    this.#translating = undefined;
    this.#end();
  }

  #end(): void {
    void this.#running?.then(({ worker }) => worker.terminate());
    this.#running = undefined;
  }

  async #started(): Promise<Running> {
    const script = await unzipped(this.#script).blob();
    const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    const worker = new Worker(url);
    const ready = new Promise<void>((resolve, reject) => {
      const fail = (failure: Failure) => {
        const error = new NotTranslated(failure);
        reject(error);
        const task = this.#translating;
        this.#translating = undefined;
        // What failed once is in no state to go on.
        this.#end();
        task?.reject(error);
      };
      worker.onerror = ({ message }) =>
        fail({ reason: 'start', message: message || l10n.t('its worker does not start') });
      worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => {
        if (data.kind === 'ready') resolve();
        else if (data.kind === 'failed') fail(data.failure);
        else if (data.kind === 'progress') this.#translating?.onProgress(data.done);
        else {
          const task = this.#translating;
          this.#translating = undefined;
          task?.resolve(data.translation);
        }
      };
    });
    ready.catch(() => {}).finally(() => URL.revokeObjectURL(url));
    const { facts } = this;
    worker.postMessage({
      kind: 'start',
      facts,
      runtime: this.#runtime,
      model: this.#model,
    } satisfies WorkerRequest);
    return { worker, ready };
  }
}
