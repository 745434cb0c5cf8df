import type { Readable, Writable } from 'node:stream';
import {
  type CancellationToken,
  createMessageConnection,
  ErrorCodes,
  ProgressType,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { UserError } from '../../project/user-error.ts';
import { inertText } from '../../protocol/inert-text.ts';
import {
  OPENED,
  type ServeErrorData,
  type ServeProgress,
  type ServeRequests,
  USER_ERROR,
} from '../../protocol/serve.ts';
import { describeError, failureLines } from '../exit-codes.ts';
import { CanceledError, RequestQueue } from './request-queue.ts';

/** The Language Server Protocol's code for a request that its client canceled. */
const REQUEST_CANCELLED = -32800;

export type ServeMethod = keyof ServeRequests;
/** Handlers by method; `signal` is aborted when the client cancels the request, and `report` sends progress to it. */
export type ServeHandlers = {
  readonly [M in ServeMethod]: (
    params: ServeRequests[M]['params'],
    signal: AbortSignal,
    report: (progress: ServeProgress<M>) => void,
  ) => Promise<ServeRequests[M]['result']>;
};

/** Methods that only read files, without models or devices: they bypass the queue. */
const BESIDE_THE_QUEUE: ReadonlySet<ServeMethod> = new Set([
  'thumbnail',
  'tensorStatistics',
  'tensorHistogram',
  'compareTensors',
]);

export interface ServerOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly handlers: ServeHandlers;
  /** Called with the parameters of the notification `opened`. */
  readonly onOpened?: (params: unknown) => void;
  /** Time without a request after which the server exits, in milliseconds. */
  readonly idleMs: number;
}

/** Answers requests until the input closes (the parent process ended or closed it) or `idleMs` pass without a request. */
export function serve({ input, output, handlers, onOpened, idleMs }: ServerOptions): Promise<void> {
  const reader = new StreamMessageReader(input);
  // Its timer for the rest of a half-read message would keep the process alive after the end of the input.
  reader.partialMessageTimeout = 0;
  const connection = createMessageConnection(reader, new StreamMessageWriter(output), {
    error: tellMisread,
    warn: tellMisread,
    info() {},
    log() {},
  });
  connection.onError(([error]) => tellMisread(error.message));
  const queue = new RequestQueue();
  let beside = 0;
  return new Promise((resolve) => {
    let idle: NodeJS.Timeout;
    const end = () => {
      clearTimeout(idle);
      connection.dispose();
      resolve();
    };
    const rest = () => {
      clearTimeout(idle);
      if (queue.size + beside === 0) idle = setTimeout(end, idleMs);
    };
    const answer = async <M extends ServeMethod>(
      method: M,
      params: ServeRequests[M]['params'],
      token: CancellationToken,
    ) => {
      clearTimeout(idle);
      const controller = new AbortController();
      // A token that was canceled before this point fires no event.
      if (token.isCancellationRequested) controller.abort();
      else token.onCancellationRequested(() => controller.abort());
      const { signal } = controller;
      const task = () => handlers[method](params, signal, reporter(method, params));
      try {
        return await (BESIDE_THE_QUEUE.has(method) ? runBeside(task) : queue.run(task, signal));
      } catch (error) {
        throw asResponseError(signal.aborted ? new CanceledError() : error);
      } finally {
        rest();
      }
    };
    const runBeside = async <T>(task: () => Promise<T>) => {
      beside++;
      try {
        return await task();
      } finally {
        beside--;
      }
    };
    const reporter = <M extends ServeMethod>(_method: M, params: ServeRequests[M]['params']) => {
      // This may be anything: the handler checks it.
      const { progressToken: token } = (params ?? {}) as { progressToken?: number };
      const type = new ProgressType<ServeProgress<M>>();
      return (progress: ServeProgress<M>) => {
        if (token !== undefined) void connection.sendProgress(type, token, progress);
      };
    };
    const register = <M extends ServeMethod>(method: M) => {
      connection.onRequest<ServeRequests[M]['result'], void>(
        method,
        // A list of parameters arrives as that many arguments; the token is the last one.
        (...given: unknown[]) =>
          answer(
            method,
            (given.length === 2 ? given[0] : undefined) as ServeRequests[M]['params'],
            given.at(-1) as CancellationToken,
          ),
      );
    };
    for (const method of Object.keys(handlers) as ServeMethod[]) register(method);
    if (onOpened !== undefined) {
      connection.onNotification(OPENED, (params: unknown) => {
        try {
          onOpened(params);
        } catch (error) {
          process.stderr.write(`${inertText(failureLines(describeError(error)))}\n`);
        }
      });
    }
    connection.onClose(end);
    // A pipe whose other end is gone emits `end`, but not always `close`.
    input.once('end', end);
    connection.listen();
    rest();
  });
}

/** Most characters that a message repeats of the input, or of what is wrong with it. */
const MOST_QUOTED = 200;

/** Reports input that is not a request on standard error, which the editor logs: there is nobody to answer. */
function tellMisread(reason: string): void {
  const [line] = reason.split('\n');
  const error = new UserError(
    'bad-request',
    `A message to dnw serve was ignored: ${line!.slice(0, MOST_QUOTED).replace(/\.$/, '')}. Send JSON-RPC 2.0 in UTF-8, each message after its Content-Length.`,
  );
  process.stderr.write(`${inertText(failureLines(describeError(error)))}\n`);
}

function asResponseError(error: unknown): ResponseError<ServeErrorData | undefined> {
  if (error instanceof CanceledError)
    return new ResponseError(REQUEST_CANCELLED, 'The request was canceled.');
  const { message, code } = describeError(error);
  if (error instanceof UserError) return new ResponseError(USER_ERROR, message, { code });
  process.stderr.write(`${message}\n`);
  return new ResponseError(ErrorCodes.InternalError, message, { code });
}
