/** The GPU path without a GPU: Dawn on the SwiftShader Vulkan driver that Debian's package chromium-common ships. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { assemblyForEsbuild } from '../../../scripts/build/assembly.mjs';
import { createExecutor } from '../../../src/compute/executor.ts';
import type { DeviceReport } from '../../../src/compute/types.ts';
import { expectClose, report } from '../compare.ts';
import { batchOf, initialValues, learningRates, muonOptimizers, smallStep } from '../small-step.ts';

const CHROMIUM = '/usr/lib/chromium';
const MANIFEST = join(CHROMIUM, 'vk_swiftshader_icd.json');
const here = dirname(fileURLToPath(import.meta.url));

interface Result {
  automatic: DeviceReport;
  warnings: string[];
  losses: number[];
  stepCounts: number[];
  generator: number[];
  moment2: number[];
  discriminator: number[];
  reloads: boolean;
}

/** Beside node_modules, so that the bundle finds the native package. */
async function bundleChild(): Promise<string> {
  const folder = join(here, '..', '..', '..', 'node_modules', '.cache', 'webgpu-test');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, 'child.mjs');
  await esbuild.build({
    entryPoints: [fileURLToPath(new URL('./webgpu-child.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node'],
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'error',
    plugins: [assemblyForEsbuild],
  });
  return outfile;
}

describe('WebGPU', () => {
  let result: Result;
  beforeAll(async () => {
    if (!existsSync(MANIFEST)) {
      throw new Error(
        `${MANIFEST} is missing: install Debian's package chromium-common (apt-get install chromium-common).`,
      );
    }
    const env = { ...process.env, VK_ICD_FILENAMES: MANIFEST, LD_LIBRARY_PATH: CHROMIUM };
    const { stdout } = await promisify(execFile)(process.execPath, [await bundleChild()], {
      env,
      maxBuffer: 64 * 1024 * 1024,
    });
    result = JSON.parse(stdout.trim().split('\n').at(-1)!);
  });

  it('trains as the CPU does', async () => {
    const device = await report('cpu');
    const cpu = await createExecutor(smallStep, {
      device,
      values: initialValues(),
      optimizers: muonOptimizers,
    });
    const losses: number[] = [];
    for (let step = 0; step < 3; step++) {
      const rates = step === 1 ? { generator: learningRates.generator } : learningRates;
      const outputs = await cpu.run(batchOf(step), rates);
      losses.push(outputs['loss/generator']![0]!, outputs['loss/discriminator']![0]!);
    }
    const { moment2, ...generator } = await cpu.state('generator');
    const discriminator = await cpu.state('discriminator');
    await cpu.dispose();
    expectClose(Float32Array.from(result.losses), Float32Array.from(losses), 1e-4, 'losses');
    expect(result.stepCounts).toEqual([3, 2]);
    // Adam divides by the gradient's own size, so values whose gradient is nearly nothing may differ by a step.
    expectClose(Float32Array.from(result.generator), generator.values, 4e-3, 'generator');
    expectClose(Float32Array.from(result.discriminator), discriminator.values, 4e-3, 'discriminator');
    expectClose(Float32Array.from(result.moment2), moment2!, 1e-4, 'moment2');
  });

  it('runs every operator on the device', () => {
    expect(result.warnings).toEqual([]);
  });

  it('loads a state that it gave', () => {
    expect(result.reloads).toBe(true);
  });

  it('is not chosen by itself on a driver that computes on the CPU', () => {
    expect(result.automatic.device).toBe('cpu');
    expect(result.automatic.rejected).toContainEqual({
      device: 'webgpu',
      reason: expect.stringContaining('computes on the CPU'),
    });
  });
});
