import * as esbuild from 'esbuild';
import { expect, test } from 'vitest';

/** Large, and needed by nothing that the extension does while the editor starts. */
const LATER = /node_modules\/(yaml|zod|vscode-jsonrpc|vscode-messenger|vscode-languageclient)\//;

test('what the extension imports while the editor starts has none of the large libraries', async () => {
  const entry = 'src/extension/extension.ts';
  const { metafile } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    external: ['vscode'],
  });
  /** By what each module was reached. */
  const importers = new Map<string, string | undefined>([[entry, undefined]]);
  for (const file of importers.keys()) {
    for (const { path, kind } of metafile.inputs[file]?.imports ?? []) {
      if (kind !== 'dynamic-import' && !importers.has(path)) importers.set(path, file);
    }
  }
  expect(importers.size).toBeGreaterThan(50);
  const chain = (file: string): string => {
    const importer = importers.get(file);
    return importer === undefined ? file : `${chain(importer)} > ${file}`;
  };
  expect([...importers.keys()].filter((file) => LATER.test(file)).map(chain)).toEqual([]);
});
