// Writes files in syntaxes/ from the zod schemas: node scripts/write-schemas.mjs
// - dnw-*.schema.json, for people who open our files as plain YAML (contributes.yamlValidation);
// - the names of keys, effects and values in dnw-*.tmLanguage.json, whose other rules are written by hand.
// test/project/json-schema.test.ts fails if one of them is stale.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { withNames } from './grammar.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'dnw-schemas-'));
try {
  const outfile = join(folder, 'json-schema.mjs');
  await esbuild.build({
    entryPoints: [join(root, 'src/project/schema/json-schema.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const { conceptJsonSchema, grammarNames, trainingJsonSchema } = await import(pathToFileURL(outfile).href);
  const files = {
    'dnw-concept.schema.json': conceptJsonSchema(),
    'dnw-training.schema.json': trainingJsonSchema(),
  };
  for (const [language, names] of Object.entries(grammarNames())) {
    const name = `${language}.tmLanguage.json`;
    files[name] = withNames(JSON.parse(readFileSync(join(root, 'syntaxes', name), 'utf8')), names);
  }
  const paths = Object.entries(files).map(([name, content]) => {
    const path = join(root, 'syntaxes', name);
    writeFileSync(path, JSON.stringify(content, null, 2));
    return path;
  });
  execFileSync('npx', ['biome', 'format', '--write', ...paths], { cwd: root, stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
