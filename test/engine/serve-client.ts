import {
  type CancellationToken,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { OPENED, type ServeRequests } from '../../src/protocol/serve.ts';
import type { Engine, RunningEngine } from './engine-process.ts';

/** A `dnw serve` process and the connection an editor has to it. */
export class ServeClient {
  readonly engine: RunningEngine;
  readonly #connection: MessageConnection;
  /** The user has opened every project that is asked about. */
  readonly #projects: string[] = [];

  constructor(engine: Engine, args: readonly string[] = []) {
    this.engine = engine.start(['serve', ...args]);
    const { stdout, stdin } = this.engine.process;
    this.#connection = createMessageConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    this.#connection.listen();
  }

  request<M extends keyof ServeRequests>(
    method: M,
    params: ServeRequests[M]['params'],
    token?: CancellationToken,
  ): Promise<ServeRequests[M]['result']> {
    if ('project' in params && !this.#projects.includes(params.project)) {
      this.#projects.push(params.project);
      void this.#connection.sendNotification(OPENED, { projects: this.#projects, files: [] });
    }
    // An undefined token would be sent as a second parameter.
    return token
      ? this.#connection.sendRequest(method, params, token)
      : this.#connection.sendRequest(method, params);
  }

  /** Closes the engine's input, as the end of its parent does, and waits for its end. */
  async close() {
    this.engine.process.stdin.end();
    const finished = await this.engine.finished;
    this.#connection.dispose();
    return finished;
  }
}
