// Stands in for the engine's bundle: what it is told on the command line decides what it does.
import { appendFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [command, ...args] = process.argv.slice(2);

if (command === 'serve') serve();
else if (args.includes('--training=broken')) {
  console.error('SyntaxError: the bundle is damaged');
  process.exitCode = 1;
} else runStage();

function runStage() {
  const value = (flag) => args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1);
  const folder = join(value('--project'), 'runs', value('--run-id'));
  mkdirSync(folder, { recursive: true });
  const seen = { args: process.argv.slice(2), electron: process.env.ELECTRON_RUN_AS_NODE ?? null };
  console.log('the engine says hello');
  appendFileSync(join(folder, 'events.jsonl'), `${JSON.stringify({ type: 'log', time: 0, seen })}\n`);
}

function serve() {
  const rpc = createRequire(import.meta.url)('vscode-jsonrpc/node');
  const connection = rpc.createMessageConnection(
    new rpc.StreamMessageReader(process.stdin),
    new rpc.StreamMessageWriter(process.stdout),
  );
  const told = [];
  connection.onNotification('opened', (opened) => void told.push(opened));
  connection.onRequest('validate', ({ project }, token) => {
    if (token.isCancellationRequested) throw new Error('cancelled before it began');
    return { problems: [], project, pid: process.pid, told };
  });
  connection.onRequest(
    'translations',
    () => new rpc.ResponseError(-32000, 'Prepare the pairs of snow first.', { code: 'DNW-164' }),
  );
  connection.onRequest('statistics', () => {
    process.stderr.write('out of memory\n', () => process.exit(3));
    return new Promise(() => {});
  });
  connection.onRequest('denoise', (_params, token) => {
    return new Promise((_resolve, reject) => {
      token.onCancellationRequested(() =>
        reject(new rpc.ResponseError(rpc.LSPErrorCodes?.RequestCancelled ?? -32800, 'cancelled')),
      );
    });
  });
  connection.listen();
}
