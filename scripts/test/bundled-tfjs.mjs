import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { commonJsBanner } from '../build/bundles.mjs';
import { repository } from '../setup/paths.mjs';

/** What our sources and tests import of tfjs, and the name of its bundle. */
const MODULES = {
  '@tensorflow/tfjs-core': 'core',
  '@tensorflow/tfjs-core/dist/kernel_names.js': 'kernel-names',
  '@tensorflow/tfjs-core/dist/register_all_gradients.js': 'gradients',
  '@tensorflow/tfjs-backend-cpu': 'backend-cpu',
};

function versionOf(name) {
  return JSON.parse(readFileSync(join(repository, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/**
 * Bundles tfjs into a few files with one shared copy of its registries, once per version.
 * @returns {Promise<string>} the folder of the bundles
 */
async function bundledTfjs() {
  const versions = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu', 'esbuild'].map(versionOf);
  const folder = join(repository, 'node_modules', '.cache', 'tfjs', versions.join('-'));
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}-${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  await build({
    absWorkingDir: repository,
    entryPoints: Object.fromEntries(Object.entries(MODULES).map(([name, output]) => [output, name])),
    outdir: unfinished,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    // The package declares modules free of side effects that register flags and gradients.
    ignoreAnnotations: true,
    keepNames: true,
    banner: commonJsBanner,
    logLevel: 'warning',
  });
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another run was faster.
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/**
 * Asked for once: the files that begin together would otherwise write the same folder.
 * @type {Promise<string> | undefined}
 */
let bundled;

/**
 * For Vitest: tfjs as bundles that Node.js loads itself. As sources its hundreds of modules took most of the time of
 * many a test file.
 */
export const bundledTfjsForVite = {
  name: 'bundled-tfjs',
  enforce: 'pre',
  async resolveId(source) {
    if (!Object.hasOwn(MODULES, source)) return undefined;
    bundled ??= bundledTfjs();
    return { id: join(await bundled, `${MODULES[source]}.mjs`), external: true };
  },
};
