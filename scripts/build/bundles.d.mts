import type { BuildOptions } from 'esbuild';

export function engineBundle(entryPoint: string, outdir: string): BuildOptions;
export function commonOptions(production: boolean): BuildOptions;
