import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { repository } from '../setup/paths.mjs';
import { assemblyForEsbuild } from './assembly.mjs';
import { commonJsParts } from './common-js-parts.mjs';
import { pagePartsForEsbuild } from './page-parts.mjs';
import { photographsForEsbuild } from './photographs.mjs';
import { threadProgramForEsbuild } from './thread-program.mjs';

/** Packages with native code and what loads it: they stay outside the bundles and ship next to the engine. */
export const nativePackages = ['koffi', 'onnxruntime-node', 'sharp'];

/** Defines what Node.js provides to CommonJS modules, which CommonJS packages inside an ES module bundle still use. */
export const commonJsBanner = {
  js: [
    "import { createRequire as __createRequire } from 'node:module';",
    "import { dirname as __dirnameOf } from 'node:path';",
    "import { fileURLToPath as __fileURLToPath } from 'node:url';",
    'const require = __createRequire(import.meta.url);',
    'const __filename = __fileURLToPath(import.meta.url);',
    'const __dirname = __dirnameOf(__filename);',
  ].join('\n'),
};

/**
 * The engine as `dnw.mjs` and further files: what is imported on demand stays separate, so that `dnw --help` and `dnw
 * validate` load no native code.
 */
export function engineBundle(entryPoint, outdir) {
  return {
    entryPoints: [entryPoint],
    entryNames: 'dnw',
    chunkNames: '[name]-[hash]',
    outdir,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    format: 'esm',
    external: [...nativePackages, '@tensorflow/tfjs-node-gpu'],
    mainFields: ['module', 'main'],
    // The runtime of exported pages is a file of its own, which is read when a page is written.
    loader: { '.wasm': 'file' },
    assetNames: '[name]-[hash]',
    banner: commonJsBanner,
  };
}

/**
 * Keeps `import * as vscode` as the object that the extension host provides: esbuild would copy its hundreds of
 * properties once for each of our files.
 */
const vscodeAsIs = {
  name: 'vscode-as-is',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]extension[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace(
        "import * as vscode from 'vscode';",
        "const vscode = require('vscode');",
      );
      return { contents, loader: 'ts' };
    });
  },
};

function viewNames() {
  return readdirSync(join(repository, 'webview'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(repository, 'webview', entry.name, 'main.tsx')))
    .map((entry) => entry.name);
}

/** Everything that ships: extension host, YAML language server, engine, webviews. */
function bundles(outputFolder) {
  return [
    {
      entryPoints: ['src/extension/extension.ts'],
      outdir: outputFolder,
      chunkNames: 'extension/[name]-[hash]',
      outExtension: { '.js': '.cjs' },
      splitting: true,
      format: 'esm',
      external: ['vscode'],
      plugins: [vscodeAsIs, commonJsParts],
    },
    // yaml-language-server's ES modules are complete; its CommonJS ones use UMD requires that esbuild cannot follow.
    {
      entryPoints: ['src/extension/language/server.ts'],
      outfile: `${outputFolder}/language-server.cjs`,
      format: 'cjs',
      mainFields: ['module', 'main'],
    },
    engineBundle('src/engine/dnw.ts', `${outputFolder}/engine`),
    ...viewNames().map((view) => ({
      entryPoints: [`webview/${view}/main.tsx`],
      outfile: `${outputFolder}/webview/${view}.js`,
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
    })),
  ].filter((bundle) => existsSync(join(repository, bundle.entryPoints[0])));
}

/** Options that all bundles share. */
export function commonOptions(production) {
  return {
    absWorkingDir: repository,
    bundle: true,
    sourcemap: production ? false : 'linked',
    minify: production,
    // Names survive minification: error messages and webview custom elements rely on them.
    keepNames: true,
    metafile: true,
    logLevel: 'warning',
    target: 'node20',
    platform: 'node',
    plugins: [assemblyForEsbuild, threadProgramForEsbuild, pagePartsForEsbuild, photographsForEsbuild],
  };
}

function options({ outputFolder, production }) {
  return bundles(outputFolder).map((bundle) => ({ ...commonOptions(production), ...bundle }));
}

/**
 * Builds all bundles.
 * @param {{outputFolder: string, production: boolean}} request
 * @returns {Promise<{outputs: string[], inputs: string[]}>} the files written and their source files, relative to the
 * repository
 */
export async function buildBundles(request) {
  const results = await Promise.all(options(request).map((bundle) => esbuild.build(bundle)));
  return {
    outputs: results.flatMap(({ metafile }) => Object.keys(metafile.outputs)),
    inputs: [...new Set(results.flatMap(({ metafile }) => Object.keys(metafile.inputs)))],
  };
}

/** Rebuilds whenever a source file changes, until the process ends. */
export async function watchBundles(request) {
  const contexts = await Promise.all(options(request).map((bundle) => esbuild.context(bundle)));
  await Promise.all(contexts.map((context) => context.watch()));
}
