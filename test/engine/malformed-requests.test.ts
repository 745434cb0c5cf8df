import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { createHandlers } from '../../src/engine/serve/handlers.ts';
import { OpenedPaths } from '../../src/engine/serve/opened-paths.ts';
import { serve } from '../../src/engine/serve/server.ts';

const tensors = { file: '/none', tensor: 'a', bins: 8 };

test.each<[string, unknown, string]>([
  ['validate', {}, 'validate cannot be answered: params.project: '],
  ['validate', undefined, 'validate cannot be answered: params: '],
  ['validate', [], 'validate cannot be answered: params: '],
  [
    'validate',
    { project: 'a\0b' },
    'validate cannot be answered: params.project: a text must not have a NUL character',
  ],
  ['validate', { project: `/${'x'.repeat(5000)}` }, ': nothing is read there.'],
  ['translate', { project: '/p', training: 't', concept: 'c', weights: 'base' }, 'params.image: '],
  ['translations', { project: '/p', training: 't', concept: null }, 'params.concept: '],
  ['tensorHistogram', { ...tensors, file: {} }, 'params.file: '],
  ['tensorHistogram', { ...tensors, bins: 'x' }, 'params.bins: '],
])('%s of %j is refused with the parameter', async (method, params, expected) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  void serve({ input, output, handlers: createHandlers({}, new OpenedPaths()), idleMs: 3_600_000 });
  const connection = createMessageConnection(new StreamMessageReader(output), new StreamMessageWriter(input));
  onTestFinished(() => {
    input.end();
    connection.dispose();
  });
  connection.listen();
  const answer =
    params === undefined ? connection.sendRequest(method) : connection.sendRequest(method, params);
  const message = await answer.then(String, (error: Error) => error.message);
  expect(message).toContain(expected);
  expect(message).not.toMatch(/Unexpected error|undefined/);
});
