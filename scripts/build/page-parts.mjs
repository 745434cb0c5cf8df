import { dirname, join, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { bundledPackageFolders, noticesOf } from '../package/notices.mjs';
import { repository } from '../setup/paths.mjs';

/** `webview/exported/page.tsx?page` is what an exported page is made of: src/pipeline/weights/page-parts.d.ts. */
const IMPORT = /\.tsx\?page$/;
const NAMESPACE = 'page-parts';
/** ONNX Runtime's smallest build with all operators: for the CPU. It is copied next to the bundle. */
const RUNTIME = join(repository, 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm');

/**
 * Bundles a page and the worker beside it, always small: they become part of every exported page.
 * @returns {Promise<{parts: Record<string, string>, inputs: Record<string, object>}>} without the runtime; the files that
 * they are made from, as in esbuild's metafile
 */
async function bundled(page) {
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: { page, worker: join(dirname(page), 'worker.ts') },
    outdir: 'page-parts',
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    // Chromium loads no module as the worker of a page that is a file.
    format: 'iife',
    // Where a module lies is only asked to load further files, of which there are none.
    define: { 'import.meta.url': 'undefined' },
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // Without license comments: the notices have them in full.
    legalComments: 'none',
    logLevel: 'warning',
    absWorkingDir: repository,
  });
  const text = (name) => outputFiles.find(({ path }) => path.endsWith(name)).text;
  const { inputs } = metafile;
  return {
    parts: {
      script: text('page.js'),
      style: text('page.css'),
      worker: text('worker.js'),
      notices: noticesOf([repository, ...bundledPackageFolders(Object.keys(inputs))]),
    },
    inputs,
  };
}

const fileOf = (path, importer) => resolve(dirname(importer), path.replace(/\?page$/, ''));

/** esbuild plugin for bundles of ES modules. */
export const pagePartsForEsbuild = {
  name: 'page-parts',
  setup(build) {
    const nested = {};
    build.onResolve({ filter: IMPORT }, ({ path, importer }) => ({
      path: fileOf(path, importer),
      namespace: NAMESPACE,
    }));
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => {
      const { parts, inputs } = await bundled(path);
      Object.assign(nested, inputs);
      return {
        contents: [
          "import { fileURLToPath } from 'node:url';",
          `import runtime from ${JSON.stringify(RUNTIME)};`,
          `const parts = ${JSON.stringify(parts)};`,
          'export default { ...parts, runtime: fileURLToPath(new URL(runtime, import.meta.url)) };',
        ].join('\n'),
        loader: 'js',
        resolveDir: dirname(path),
        watchFiles: Object.keys(inputs).map((input) => resolve(repository, input)),
      };
    });
    // What is in the page is in the bundle: the notices of its packages go by this list.
    build.onEnd(({ metafile }) => {
      if (metafile) Object.assign(metafile.inputs, nested);
    });
  },
};

/** Vite plugin, for the tests, which run the sources. */
export const pagePartsForVite = {
  name: 'page-parts',
  enforce: 'pre',
  resolveId(path, importer) {
    return IMPORT.test(path) ? `\0page-parts:${fileOf(path, importer)}` : undefined;
  },
  async load(id) {
    if (!id.startsWith('\0page-parts:')) return undefined;
    const { parts } = await bundled(id.slice('\0page-parts:'.length));
    return `export default ${JSON.stringify({ ...parts, runtime: RUNTIME })};`;
  },
};
