// Bundles the benchmarks and runs one: npm run bench -- <name> [options]. Their names are the folders of bench/.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './setup/commands.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { cacheFolder, repository } from './setup/paths.mjs';

const [name, ...options] = process.argv.slice(2);
const folder = join(repository, 'bench');
const names = readdirSync(folder).filter((entry) => existsSync(join(folder, entry, 'main.ts')));
if (!names.includes(name)) {
  console.error(`usage: npm run bench -- <name> [options]\nbenchmarks: ${names.join(', ')}`);
  process.exit(2);
}
await ensureDependencies();
// Imported only now because the dependencies may have been missing.
const esbuild = await import('esbuild');
const { commonOptions, engineBundle } = await import('./build/bundles.mjs');
const output = join(cacheFolder, 'bench', name);
const programs = readdirSync(join(folder, name)).filter((file) => file.endsWith('.ts'));
const bundle = engineBundle(join(folder, name, 'main.ts'), output);
await esbuild.build({
  ...commonOptions(false),
  ...bundle,
  // The webviews' test harness starts programs of these packages.
  external: [...bundle.external, 'esbuild', 'playwright-core'],
  // Every file is an entry point: a benchmark starts some of them as separate processes.
  entryPoints: programs.map((file) => join(folder, name, file)),
  entryNames: '[name]',
});
try {
  await runCommand(process.execPath, [join(output, 'main.mjs'), ...options], { cwd: repository });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
