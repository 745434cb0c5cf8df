import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import sharp from 'sharp';
import { repository } from '../setup/paths.mjs';

/** `list.json?photographs` is the list with the photographs themselves: src/data/photographs/packed.d.ts. */
const IMPORT = /\.json\?photographs$/;
const NAMESPACE = 'photographs';
/** Photographs that may be used and passed on, in a package for development. */
const FOLDER = join(repository, 'node_modules/paper-kit-2/assets/img');
/** Fewest pixels on each side: they are cropped and shrunk further. */
const SIDE = 400;

/** @returns {Promise<{photographs: {name: string, by: string, data: string}[], files: string[]}>} */
async function packed(list) {
  const entries = JSON.parse(await readFile(list, 'utf8'));
  const files = entries.map(({ file }) => join(FOLDER, file));
  const photographs = await Promise.all(
    entries.map(async ({ name, by }, index) => {
      const resized = sharp(files[index]).rotate().resize(SIDE, SIDE, { fit: 'outside' });
      const data = await resized.jpeg({ quality: 85 }).toBuffer();
      return { name, by, data: data.toString('base64') };
    }),
  );
  return { photographs, files };
}

const fileOf = (path, importer) => resolve(dirname(importer), path.replace(/\?photographs$/, ''));
const moduleOf = (photographs) => `export default ${JSON.stringify(photographs)};`;

/** esbuild plugin. */
export const photographsForEsbuild = {
  name: NAMESPACE,
  setup(build) {
    const packages = {};
    build.onResolve({ filter: IMPORT }, ({ path, importer }) => ({
      path: fileOf(path, importer),
      namespace: NAMESPACE,
    }));
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => {
      const { photographs, files } = await packed(path);
      for (const file of files) packages[relative(repository, file)] = { bytes: 0, imports: [] };
      return { contents: moduleOf(photographs), loader: 'js', watchFiles: [path] };
    });
    // The notices of packages go by this list.
    build.onEnd(({ metafile }) => {
      if (metafile) Object.assign(metafile.inputs, packages);
    });
  },
};

/** What modules are called in Vite, which takes those whose names end in .json for JSON. */
const [BEFORE, AFTER] = [`\0${NAMESPACE}:`, ':packed'];

/** Vite plugin, for the tests, which run the sources. */
export const photographsForVite = {
  name: NAMESPACE,
  enforce: 'pre',
  resolveId(path, importer) {
    return IMPORT.test(path) ? `${BEFORE}${fileOf(path, importer)}${AFTER}` : undefined;
  },
  async load(id) {
    if (!id.startsWith(BEFORE)) return undefined;
    return moduleOf((await packed(id.slice(BEFORE.length, -AFTER.length))).photographs);
  },
};
