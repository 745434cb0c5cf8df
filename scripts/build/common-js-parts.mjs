import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as esbuild from 'esbuild';

/**
 * Splits CommonJS, which the extension host loads, into several files: esbuild splits only ES modules, so each chunk is
 * built as one and then converted. What the extension imports on demand is a separate chunk, which is not even compiled
 * until it is needed. For bundles with `splitting`, as `esm`.
 */
export const commonJsParts = {
  name: 'common-js-parts',
  setup(build) {
    const { initialOptions } = build;
    const { minify, keepNames, target, sourcemap } = initialOptions;
    initialOptions.write = false;
    // The conversion would not read a source map in a separate file.
    if (sourcemap) initialOptions.sourcemap = 'inline';
    build.onEnd(async ({ outputFiles = [] }) => {
      for (const { path, text } of outputFiles) {
        const { code } = await esbuild.transform(text, {
          ...{ format: 'cjs', platform: 'node', sourcefile: path, minify, keepNames, target },
          sourcemap: initialOptions.sourcemap,
          // Chunks are loaded by `require`; one with the file extension of another format could not be.
          supported: { 'dynamic-import': false },
        });
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, code);
      }
    });
  },
};
