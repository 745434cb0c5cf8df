// Takes pictures of the webviews alone, without VS Code, from the fixtures of their tests.
// node scripts/webview-screenshots.mjs [<folder>]
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { runCommand } from './setup/commands.mjs';
import { cacheFolder, repository } from './setup/paths.mjs';

const folder = resolve(process.argv[2] ?? join(cacheFolder, 'webviews'));
const harness = join(repository, 'test/webview/harness');
const program = join(cacheFolder, 'webview-screenshots.mjs');
await build({
  absWorkingDir: repository,
  entryPoints: [join(harness, 'screenshots.ts')],
  outfile: program,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  // The harness finds its files beside its own source.
  define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(harness, 'browser.ts')).href) },
});
try {
  await runCommand(process.execPath, [program, folder], { cwd: repository });
} finally {
  rmSync(program);
}
console.log(folder);
