/**
 * Whoever gives concepts and training configs the language `yaml` has them checked by Red Hat's YAML extension, by the
 * schemas that `yamlValidation` contributes. Here that extension's language server is told of them as it tells it.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { Diagnostic } from 'vscode-languageserver';

const repository = process.cwd();
const server = createRequire(import.meta.url).resolve('yaml-language-server/bin/yaml-language-server');
const published = new Map<string, (diagnostics: Diagnostic[]) => void>();
let connection: MessageConnection;
let exited: Promise<unknown>;

/** As the extension reads them from ours: a pattern without a folder is one for files of every folder. */
function schemaAssociations() {
  const { contributes } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  const contributed: { fileMatch: string[]; url: string }[] = contributes.yamlValidation;
  return contributed.map(({ fileMatch, url }) => ({
    fileMatch: fileMatch.map((pattern) => `/${pattern}`),
    uri: pathToFileURL(join(repository, url)).toString(),
  }));
}

beforeAll(async () => {
  const child = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  exited = new Promise((resolve) => child.once('exit', resolve));
  connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) =>
    published.get(uri)?.(diagnostics),
  );
  const configured = new Promise<void>((resolve) => {
    let told = false;
    connection.onRequest('workspace/configuration', ({ items }) => {
      // It asks once when it starts, and again when it is told of schemas, which are in force from then on.
      if (told) resolve();
      told = true;
      return items.map(() => null);
    });
  });
  connection.listen();
  await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  await connection.sendNotification('initialized', {});
  await connection.sendNotification('json/schemaAssociations', schemaAssociations());
  await configured;
});

afterAll(async () => {
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  await exited;
  connection.dispose();
});

/** What the server says of a file that is opened in the editor as `yaml`. */
async function diagnostics(name: string, text: string): Promise<string[]> {
  const uri = pathToFileURL(join(repository, 'examples', name)).toString();
  const answer = new Promise<Diagnostic[]>((resolve) => published.set(uri, resolve));
  const textDocument = { uri, languageId: 'yaml', version: 1, text };
  await connection.sendNotification('textDocument/didOpen', { textDocument });
  return (await answer).map(({ message }) => message);
}

test.each([
  [
    'a concept',
    'snow.concept.yaml',
    'prompt: in the snow\npairs: { source: images, target: { effect: snow } }\n',
  ],
  ['a training config', 'fast.training.yml', 'extends: preset:fast\nseed: 3\n'],
  ['a file that is not ours', 'other.yaml', 'anything: goes\n'],
])('%s without a mistake is left in peace', async (_what, name, text) => {
  expect(await diagnostics(name, text)).toEqual([]);
});

test.each([
  ['a key that is missing', 'missing.concept.yaml', 'prompt: in the snow\n', /pairs/],
  ['a key that there is not', 'unknown.training.yaml', 'extends: preset:fast\nsede: 3\n', /sede/],
  [
    'a value of another type',
    'type.concept.yml',
    'prompt: 3\npairs: { source: a, target: { effect: snow } }\n',
    /string/,
  ],
])('%s is marked', async (_what, name, text, message) => {
  expect(await diagnostics(name, text)).toEqual([expect.stringMatching(message)]);
});
