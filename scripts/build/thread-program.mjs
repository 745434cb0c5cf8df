import { dirname, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { repository } from '../setup/paths.mjs';
import { assemblyForEsbuild } from './assembly.mjs';

/** `./effect-thread.ts?program` is the text of a program for a worker thread, so that no path has to lead to its file. */
const IMPORT = /\.ts\?program$/;

/**
 * Bundles a program with everything that it imports.
 * @returns {Promise<{text: string, inputs: string[]}>} a CommonJS program, and the files that it is made from
 */
async function bundled(file, minify) {
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: [file],
    bundle: true,
    write: false,
    plugins: [assemblyForEsbuild],
    metafile: true,
    minify,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    absWorkingDir: repository,
  });
  return {
    text: outputFiles[0].text,
    inputs: Object.keys(metafile.inputs).map((input) => resolve(repository, input)),
  };
}

const fileOf = (path, importer) => resolve(dirname(importer), path.replace(/\?program$/, ''));

/** esbuild plugin that puts the program's text into the bundle. */
export const threadProgramForEsbuild = {
  name: 'thread-program',
  setup(build) {
    build.onResolve({ filter: IMPORT }, ({ path, importer }) => ({
      path: fileOf(path, importer),
      namespace: 'thread-program',
    }));
    build.onLoad({ filter: /.*/, namespace: 'thread-program' }, async ({ path }) => {
      const { text, inputs } = await bundled(path, build.initialOptions.minify ?? false);
      return { contents: text, loader: 'text', watchFiles: inputs };
    });
  },
};

/** Vite plugin, for the tests, which run the sources. */
export const threadProgramForVite = {
  name: 'thread-program',
  enforce: 'pre',
  resolveId(path, importer) {
    return IMPORT.test(path) ? `\0thread-program:${fileOf(path, importer)}` : undefined;
  },
  async load(id) {
    if (!id.startsWith('\0thread-program:')) return undefined;
    const { text } = await bundled(id.slice('\0thread-program:'.length), false);
    return `export default ${JSON.stringify(text)};`;
  },
};
