import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { createHandlers } from '../../src/engine/serve/handlers.ts';
import { OpenedPaths } from '../../src/engine/serve/opened-paths.ts';
import { openedParams } from '../../src/engine/serve/request-schemas.ts';
import { serve } from '../../src/engine/serve/server.ts';

const translation = { project: '/p', training: 't', concept: 'c', weights: 'base' };
const area = { left: -1, top: 0, width: 1, height: 1 };
const tensors = { file: '/none', tensor: 'a', bins: 8 };

test.each<[string, unknown, string]>([
  ['validate', {}, 'validate cannot be answered: params.project: '],
  ['validate', undefined, 'validate cannot be answered: params: '],
  ['validate', [], 'validate cannot be answered: params: '],
  [
    'validate',
    { project: 'a\0b' },
    'validate cannot be answered: params.project: text must not contain a NUL character',
  ],
  ['validate', { project: `/${'x'.repeat(5000)}` }, ': this path may not be read.'],
  ['translate', translation, 'params.image: '],
  ['translate', { ...translation, image: 'a.png', size: 8 }, 'params.size: '],
  [
    'pictureArea',
    { ...translation, image: 'a.png', size: 'train', detail: 'none', area },
    'params.area.left: ',
  ],
  ['translations', { project: '/p', training: 't', concept: null }, 'params.concept: '],
  ['tensorHistogram', { ...tensors, file: {} }, 'params.file: '],
  ['tensorHistogram', { ...tensors, file: { length: { toString: 1, valueOf: 1 } } }, 'params.file: '],
  ['tensorHistogram', { ...tensors, bins: 'x' }, 'params.bins: '],
])('%s of %j is refused with the parameter', async (method, params, expected) => {
  const { connection } = serving();
  const answer =
    params === undefined ? connection.sendRequest(method) : connection.sendRequest(method, params);
  const message = await answer.then(String, (error: Error) => error.message);
  expect(message).toContain(expected);
  expect(message).not.toMatch(/Unexpected error|undefined/);
});

const framed = (body: string) => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

test.each([
  ['no JSON', framed('nonsense')],
  ['half a message', framed('{"jsonrpc":"2.0","id":1,')],
  ['null', framed('null')],
  ['a number', framed('7')],
  ['a list of requests', framed('[{"jsonrpc":"2.0","id":1,"method":"validate"}]')],
  ['an id that is an object', framed('{"jsonrpc":"2.0","id":{},"method":"validate"}')],
  ['a method that is a number', framed('{"jsonrpc":"2.0","id":1,"method":7}')],
  ['bytes that are no UTF-8', Buffer.from('Content-Length: 3\r\n\r\n\xff\xfe"', 'latin1')],
  ['no length', 'Foo: 1\r\n\r\n'],
  ['a length in words', 'Content-Length: ten\r\n\r\n'],
  ['a header without a colon', 'Hello\r\n\r\n'],
])('%s is told of, and the next request is answered', async (_, bytes) => {
  const { input, connection, told } = serving();
  input.write(bytes);
  await expect(connection.sendRequest('validate', { project: '/p' })).rejects.toThrow(
    'this path may not be read',
  );
  expect(told.mock.calls.join('')).toMatch(
    /A message to dnw serve was ignored: .+\. Send JSON-RPC 2\.0 .*\[DNW-\d+\]/,
  );
  expect(told.mock.calls.join('')).not.toMatch(/\n {4}at /);
});

/** A server with a connection to it, for one test. @returns what it writes to standard error as well */
function serving() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  void serve({
    input,
    output,
    handlers: createHandlers({}, new OpenedPaths()),
    onOpened: openedParams,
    idleMs: 3_600_000,
  });
  const connection = createMessageConnection(new StreamMessageReader(output), new StreamMessageWriter(input));
  onTestFinished(() => {
    told.mockRestore();
    input.end();
    connection.dispose();
  });
  connection.listen();
  return { input, connection, told };
}

test('a path of megabytes is refused without repeating it', async () => {
  const asked = new OpenedPaths().file(`/${'x'.repeat(5e6)}`);
  await expect(asked).rejects.toThrow(/x…: this path may not be read/);
  await expect(asked.catch(({ message }) => message.length)).resolves.toBeLessThan(5000);
});

test('a malformed notification is refused in words, and the next request is answered', async () => {
  const { connection, told } = serving();
  await connection.sendNotification('opened', { projects: 7, files: [] });
  await expect(connection.sendRequest('validate', { project: '/p' })).rejects.toThrow(
    'this path may not be read',
  );
  expect(told.mock.calls.join('')).toContain('The request opened cannot be answered: params.projects: ');
});
