// Writes what package.json and package.nls.json derive from the code: node scripts/write-manifest.mjs
// These are the commands and menus of the stages and the schemas of the tools; a test fails if they are stale.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'dnw-manifest-'));
try {
  const outfile = join(folder, 'manifest.mjs');
  await esbuild.build({
    entryPoints: [join(root, 'src/extension/manifest.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const { derivedManifest, derivedStrings } = await import(pathToFileURL(outfile).href);
  const derived = { 'package.json': derivedManifest, 'package.nls.json': derivedStrings };
  const paths = Object.entries(derived).map(([name, derive]) => {
    const path = join(root, name);
    writeFileSync(path, JSON.stringify(derive(JSON.parse(readFileSync(path, 'utf8'))), null, 2));
    return path;
  });
  execFileSync('npx', ['biome', 'format', '--write', ...paths], { cwd: root, stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
