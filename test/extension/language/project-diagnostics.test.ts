import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { DocumentCache } from '../../../src/extension/language/document-cache.ts';
import { ProjectDiagnostics } from '../../../src/extension/language/project-diagnostics.ts';
import { rememberingReader } from '../../../src/project/yaml/remembering-reader.ts';
import { ERRORS } from '../../../src/protocol/errors.ts';
import { SNOW } from './editor-project.ts';
import { uriOf } from './editor-session.ts';

/** No file is read before this resolves. */
let gate: Promise<void>;
/** Files that were read from disk. */
let reads: string[];
let folder: string;
let document: TextDocument;
let diagnostics: ProjectDiagnostics;
let published: Map<string, Diagnostic[]>;
let timesRead: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dnw-project-'));
  for (const name of ['concepts', 'images']) await mkdir(join(folder, name));
  for (const name of ['one.png', 'two.png']) await writeFile(join(folder, 'images', name), '');
  await writeFile(join(folder, 'concepts', 'snow.concept.yaml'), SNOW);
  edit('collect: { concepts: [snow, fog] }\n');
  gate = Promise.resolve();
  reads = [];
  const read = rememberingReader();
  const cache = new DocumentCache(
    () => [document],
    async (path) => {
      reads.push(path);
      await gate;
      return read(path);
    },
  );
  published = new Map();
  timesRead = 0;
  diagnostics = new ProjectDiagnostics(
    {
      openDocuments: () => [document],
      publish: (uri, found) => published.set(uri, found),
      diskRead: () => {
        timesRead++;
      },
      log: (message) => {
        throw new Error(message);
      },
    },
    cache,
  );
});

afterEach(async () => {
  diagnostics.dispose();
  await rm(folder, { recursive: true });
});

let version = 0;
function edit(text: string): void {
  document = TextDocument.create(uriOf(join(folder, 'a.training.yaml')), 'dnw-training', ++version, text);
}

const conceptNames = async () =>
  (await diagnostics.checked(document))?.project.concepts.map(({ name }) => name);

it('answers with the check that has begun, not with the one before', async () => {
  expect(await conceptNames()).toEqual(['snow']);
  await writeFile(join(folder, 'concepts', 'fog.concept.yaml'), SNOW);
  let open!: () => void;
  gate = new Promise((resolve) => {
    open = resolve;
  });
  const fromDisk = diagnostics.checkedFromDisk(document);
  const meanwhile = conceptNames();
  open();
  expect(await meanwhile).toEqual(['fog', 'snow']);
  expect((await fromDisk)?.project.concepts).toHaveLength(2);
});

it('checks an edited text without reading a file', async () => {
  await diagnostics.checked(document);
  expect(reads).toEqual([join(folder, 'concepts', 'snow.concept.yaml')]);
  const codes = () => published.get(document.uri)!.map(({ code }) => code);
  expect(codes()).toContain(ERRORS['unknown-concept'].code);
  edit('collect: { concepts: [snow] }\n');
  diagnostics.textChanged();
  await diagnostics.checked(document);
  expect(codes()).not.toContain(ERRORS['unknown-concept'].code);
  expect(reads).toHaveLength(1);
  expect(timesRead).toBe(0);
});

it('says when the disk was read again', async () => {
  await diagnostics.checked(document);
  await diagnostics.checkedFromDisk(document);
  expect(timesRead).toBe(1);
});
