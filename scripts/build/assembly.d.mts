import type { Plugin as EsbuildPlugin } from 'esbuild';
import type { Plugin as VitePlugin } from 'vite';

export const assemblyForEsbuild: EsbuildPlugin;
export const assemblyForVite: VitePlugin;
