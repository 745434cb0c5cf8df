// Writes syntaxes/dnw-*.schema.json from the zod schemas: node scripts/write-schemas.mjs
// They serve people who open our files as plain YAML (contributes.yamlValidation); a test says when they are stale.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'dnw-schemas-'));
try {
  const outfile = join(folder, 'json-schema.mjs');
  await esbuild.build({
    entryPoints: [join(root, 'src/project/json-schema.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const { conceptJsonSchema, trainingJsonSchema } = await import(pathToFileURL(outfile).href);
  const files = { 'dnw-concept': conceptJsonSchema(), 'dnw-training': trainingJsonSchema() };
  const paths = Object.entries(files).map(([name, schema]) => {
    const path = join(root, 'syntaxes', `${name}.schema.json`);
    writeFileSync(path, JSON.stringify(schema, null, 2));
    return path;
  });
  execFileSync('npx', ['biome', 'format', '--write', ...paths], { cwd: root, stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
