/** What `ServeClient` needs of the protocol's library, which is loaded with the first process. */
export {
  createMessageConnection,
  ErrorCodes,
  ProgressType,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
