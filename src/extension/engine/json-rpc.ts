/** The parts of the protocol library that `ServeClient` needs, loaded with the first process. */
export {
  createMessageConnection,
  ErrorCodes,
  ProgressType,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
