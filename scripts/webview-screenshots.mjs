// Takes screenshots of the webviews alone, without VS Code, from the fixtures of their tests.
// node scripts/webview-screenshots.mjs [<folder>]
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { runCommand } from './setup/commands.mjs';
import { cacheFolder, repository } from './setup/paths.mjs';

const folder = resolve(process.argv[2] ?? join(cacheFolder, 'webviews'));
const program = join(cacheFolder, 'webview-screenshots.mjs');
await build({
  absWorkingDir: repository,
  entryPoints: ['test/webview/harness/screenshots.ts'],
  outfile: program,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
});
try {
  await runCommand(process.execPath, [program, folder], { cwd: repository });
} finally {
  rmSync(program);
}
console.log(folder);
