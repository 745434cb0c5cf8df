// Packs the step benchmark with its own Node.js, for a linux-x64 machine with a GPU and no network:
// node bench/gpu/pack.mjs   writes .cache/gpu/step-benchmark.tar.gz; there: tar -xzf it, and ./run.sh [--help]
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { commonOptions, engineBundle } from '../../scripts/build/bundles.mjs';
import { copyNativePackages } from '../../scripts/package/native-packages.mjs';
import { cacheFolder, repository } from '../../scripts/setup/paths.mjs';

const maxMebibytes = 60;
const script = `#!/usr/bin/env bash
# Times the training steps on this machine's GPU beside PyTorch's, where python3 has it. ./run.sh --device cuda for CUDA.
set -euo pipefail
cd "$(dirname "$0")"
exec ./node program/main.mjs --device webgpu --output results "$@"
`;

if (process.platform !== 'linux' || process.arch !== 'x64') {
  throw new Error(`this Node.js is for ${process.platform} ${process.arch}; pack on linux x64`);
}
const folder = join(cacheFolder, 'gpu');
const staging = join(folder, 'step-benchmark');
rmSync(folder, { recursive: true, force: true });
mkdirSync(staging, { recursive: true });
const sources = join(repository, 'bench/step');
await esbuild.build({
  ...commonOptions(true),
  ...engineBundle(join(sources, 'main.ts'), join(staging, 'program')),
  entryPoints: readdirSync(sources)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(sources, file)),
  entryNames: '[name]',
});
copyNativePackages({ os: 'linux', cpu: 'x64', libc: 'glibc' }, join(staging, 'program/node_modules'));
// The benchmark decodes no images.
for (const name of ['sharp', '@img']) {
  rmSync(join(staging, 'program/node_modules', name), { recursive: true, force: true });
}
cpSync(join(sources, 'torch'), join(staging, 'bench/step/torch'), { recursive: true });
cpSync(process.execPath, join(staging, 'node'));
try {
  execFileSync('strip', [join(staging, 'node')], { stdio: 'ignore' });
} catch {
  // Without binutils the package is a few megabytes larger.
}
writeFileSync(join(staging, 'run.sh'), script, { mode: 0o755 });
const archive = join(folder, 'step-benchmark.tar.gz');
execFileSync('tar', ['-C', staging, '-I', 'gzip -9', '-cf', archive, '.']);
const mebibytes = statSync(archive).size / 2 ** 20;
console.log(`${archive}: ${mebibytes.toFixed(1)} MiB`);
if (mebibytes > maxMebibytes) throw new Error(`the archive must be smaller than ${maxMebibytes} MiB`);
