import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { repository } from '../setup/paths.mjs';

/** Imports a TypeScript module of the repository. @param {string} entry its path, relative to the repository */
export async function importSource(entry) {
  const folder = mkdtempSync(join(tmpdir(), 'dnw-source-'));
  try {
    const outfile = join(folder, 'module.mjs');
    await esbuild.build({
      entryPoints: [join(repository, entry)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes JSON files, formatted like the rest. @param {Record<string, unknown>} files by path, relative to the repository */
export function writeDerived(files) {
  for (const [path, content] of Object.entries(files)) {
    writeFileSync(join(repository, path), JSON.stringify(content, null, 2));
  }
  execFileSync('npx', ['biome', 'format', '--write', ...Object.keys(files)], {
    cwd: repository,
    stdio: 'inherit',
  });
}
