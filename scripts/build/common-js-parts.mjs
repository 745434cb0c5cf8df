import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as esbuild from 'esbuild';

/**
 * CommonJS, which the extension host loads, in several files: esbuild splits ES modules only, so that each part is
 * made as one and then turned. What the extension imports on demand is a part of its own: one that is not read yet
 * costs nothing at the start, not even being compiled. For bundles with `splitting`, as `esm`.
 */
export const commonJsParts = {
  name: 'common-js-parts',
  setup(build) {
    const { initialOptions } = build;
    const { minify, keepNames, target, sourcemap } = initialOptions;
    initialOptions.write = false;
    // A map beside the file would not be read when that is turned.
    if (sourcemap) initialOptions.sourcemap = 'inline';
    build.onEnd(async ({ outputFiles = [] }) => {
      for (const { path, text } of outputFiles) {
        const { code } = await esbuild.transform(text, {
          ...{ format: 'cjs', platform: 'node', sourcefile: path, minify, keepNames, target },
          sourcemap: initialOptions.sourcemap,
          // A part is loaded by `require`, as a file with the extension of another format could not be.
          supported: { 'dynamic-import': false },
        });
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, code);
      }
    });
  },
};
