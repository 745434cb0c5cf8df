import { dirname, resolve } from 'node:path';
import asc from 'assemblyscript/asc';

const OPTIONS = '--optimizeLevel 3 --enable simd --runtime stub --noAssert --importMemory'.split(' ');

/**
 * Compiles an AssemblyScript file to WebAssembly that imports its memory.
 * @param {string} file
 * @returns {Promise<Uint8Array>} rejects with the compiler's messages
 */
async function compileAssembly(file) {
  let binary;
  const { error, stderr } = await asc.main([file, '--outFile', 'module.wasm', ...OPTIONS], {
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = contents;
    },
  });
  if (error) throw new Error(`${file}: ${error.message}\n${stderr.toString()}`);
  return binary;
}

/** Path of the source: `./assembly/adam.wasm` is compiled from `./assembly/adam.ts`. */
const sourceOf = (path, importer) => resolve(dirname(importer), path.replace(/\.wasm$/, '.ts'));

/** esbuild plugin that puts the module's bytes into the bundle. */
export const assemblyForEsbuild = {
  name: 'assembly',
  setup(build) {
    build.onResolve({ filter: /\/assembly\/\w+\.wasm$/ }, ({ path, importer }) => ({
      path: sourceOf(path, importer),
      namespace: 'assembly',
    }));
    build.onLoad({ filter: /.*/, namespace: 'assembly' }, async ({ path }) => ({
      contents: await compileAssembly(path),
      loader: 'binary',
      watchFiles: [path],
    }));
  },
};

/** Vite plugin, for the tests, which run the sources. */
export const assemblyForVite = {
  name: 'assembly',
  enforce: 'pre',
  resolveId(path, importer) {
    return /\/assembly\/\w+\.wasm$/.test(path) ? `\0assembly:${sourceOf(path, importer)}` : undefined;
  },
  async load(id) {
    if (!id.startsWith('\0assembly:')) return undefined;
    const bytes = Buffer.from(await compileAssembly(id.slice('\0assembly:'.length))).toString('base64');
    return `export default Uint8Array.from(atob('${bytes}'), (character) => character.charCodeAt(0));`;
  },
};
