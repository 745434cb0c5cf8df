import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import { UserError } from '../../project/user-error.ts';
import { errorOfCode } from '../../protocol/errors.ts';
import {
  OPENED,
  type OpenedParams,
  type ServeErrorData,
  type ServeProgress,
  type ServeRequests,
  USER_ERROR,
} from '../../protocol/serve.ts';

interface Connection {
  process: ChildProcessWithoutNullStreams;
  messages: Promise<MessageConnection>;
  /** Resolves once the process runs or has failed to start. */
  started: Promise<void>;
  /** What the process was last told is open, as JSON. */
  told?: string;
  /** How the process ended, once it has. */
  ended?: string;
}

/** Loaded with the first process: the start of the editor does not wait for it. */
const protocol = () => import('./json-rpc.ts');

/** The engine's error as it was thrown there. */
function userErrorOf(message: string, data: ServeErrorData | undefined): UserError {
  const [kind] = errorOfCode(data?.code ?? '') ?? ['unexpected' as const];
  return new UserError(kind, message);
}

/** Characters of standard error that an error message quotes. */
const QUOTED_STDERR = 2000;

/**
 * Client of one warm `dnw serve` process. The first request starts it, `stop` ends it, and the next request after it
 * has ended (it exits when idle) starts a new one.
 */
export class ServeClient {
  private connection: Connection | undefined;
  private progressTokens = 0;

  /**
   * @param start spawns `dnw serve` with all three streams piped
   * @param log called with each chunk of the engine's standard error
   * @param opened what the user has opened: the engine is told before the next request whenever it has changed
   */
  constructor(
    private readonly start: () => ChildProcessWithoutNullStreams,
    private readonly log: (text: string) => void,
    private readonly opened: () => OpenedParams,
  ) {}

  /**
   * @param onProgress called with the intermediate results of a method that reports progress
   * @throws UserError for errors that the user can fix, as reported by the engine
   * @throws UserError if the engine ended before it answered, with the end of its standard error
   */
  async request<M extends keyof ServeRequests>(
    method: M,
    params: ServeRequests[M]['params'],
    token?: CancellationToken,
    onProgress?: (progress: ServeProgress<M>) => void,
  ): Promise<ServeRequests[M]['result']> {
    this.connection ??= this.connect();
    const { connection } = this;
    await connection.started;
    const messages = await connection.messages;
    const { ErrorCodes, ProgressType, ResponseError } = await protocol();
    const progressToken = ++this.progressTokens;
    const progress =
      onProgress && messages.onProgress(new ProgressType<ServeProgress<M>>(), progressToken, onProgress);
    try {
      // Writing to a process that has ended would fail where the error cannot be caught.
      if (connection.ended !== undefined) throw new Error(connection.ended);
      await this.tellOpened(connection, messages);
      // An undefined token would be sent as another parameter.
      const cancellation = token === undefined ? [] : [token];
      return await messages.sendRequest<ServeRequests[M]['result']>(
        method,
        progress ? { ...params, progressToken } : params,
        ...cancellation,
      );
    } catch (error) {
      if (error instanceof ResponseError && error.code === USER_ERROR)
        throw userErrorOf(error.message, error.data);
      const { ended } = connection;
      if (ended !== undefined)
        throw new UserError('engine-ended', `The engine ended before it answered "${method}" (${ended}).`);
      if (error instanceof ResponseError && error.code === ErrorCodes.PendingResponseRejected) {
        throw new UserError('engine-ended', `The engine was stopped before it answered "${method}".`);
      }
      throw error;
    } finally {
      progress?.dispose();
    }
  }

  /** Ends the process; the next request starts another. */
  stop(): void {
    const connection = this.connection;
    this.connection = undefined;
    if (connection === undefined) return;
    void connection.messages.then((messages) => messages.dispose());
    connection.process.stdin.end();
    connection.process.kill();
  }

  private async tellOpened(connection: Connection, messages: MessageConnection): Promise<void> {
    const opened = this.opened();
    const telling = JSON.stringify(opened);
    if (connection.told === telling) return;
    connection.told = telling;
    await messages.sendNotification(OPENED, opened);
  }

  private connect(): Connection {
    const child = this.start();
    const messages = this.converse(child);
    let stderr = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      this.log(text);
      stderr = (stderr + text).slice(-QUOTED_STDERR);
    });
    const connection: Connection = {
      process: child,
      messages,
      started: new Promise((settle) => {
        child.once('spawn', settle);
        child.once('error', () => settle());
      }),
    };
    const end = (how: string) => {
      connection.ended ??= stderr.trim() === '' ? how : `${how}: ${stderr.trim()}`;
      if (this.connection === connection) this.connection = undefined;
      void messages.then((conversation) => conversation.dispose());
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(code === null ? `signal ${signal}` : `exit status ${code}`));
    return connection;
  }

  private async converse(child: ChildProcessWithoutNullStreams): Promise<MessageConnection> {
    const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = await protocol();
    const messages = createMessageConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    // A write to a process that has just ended reports here; `ended` says why.
    messages.onError(([error]) => this.log(`${error.message}\n`));
    messages.listen();
    return messages;
  }
}
