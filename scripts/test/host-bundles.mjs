import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, repository } from '../setup/paths.mjs';

/**
 * Bundles the suites of test/host, one file each, and the program that runs them.
 * @returns {Promise<{runner: string, suites: string}>} the program and the folder of the suites
 */
export async function bundleHostTests() {
  const { build } = await import('esbuild');
  const common = {
    absWorkingDir: repository,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  };
  const suites = join(cacheFolder, 'host-tests', 'suites');
  const runner = join(cacheFolder, 'host-tests', 'runner.mjs');
  const names = readdirSync(join(repository, 'test/host')).filter((name) => name.endsWith('.test.ts'));
  await build({
    ...common,
    entryPoints: ['test/host/index.ts', ...names.map((name) => `test/host/${name}`)],
    outdir: suites,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    // The suites share one instance of mocha; vscode is provided by the host.
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
  });
  await build({
    ...common,
    entryPoints: ['test/host-runner/main.ts'],
    outfile: runner,
    format: 'esm',
    packages: 'external',
  });
  return { runner, suites };
}
