import { defineConfig } from 'vitest/config';
import { assemblyForVite } from './scripts/build/assembly.mjs';
import { pagePartsForVite } from './scripts/build/page-parts.mjs';
import { photographsForVite } from './scripts/build/photographs.mjs';
import { threadProgramForVite } from './scripts/build/thread-program.mjs';
import { bundledTfjsForVite } from './scripts/test/bundled-tfjs.mjs';
import { testLimitMs } from './scripts/test/limits.mjs';
import { LONG_FILES, longTests } from './test/long-tests.ts';

/**
 * The test files of some folders of test/.
 * @param isolate whether each file gets a process of its own; otherwise one process runs many files, which takes a
 *   third less time
 */
function project(name: string, folders: string, isolate: boolean) {
  return { extends: true, test: { name, include: [`test/${folders}/**/*.test.{ts,tsx}`], isolate } } as const;
}

export default defineConfig({
  plugins: [assemblyForVite, threadProgramForVite, pagePartsForVite, photographsForVite, bundledTfjsForVite],
  test: {
    projects: [
      project('program', '{protocol,project,data,engine,extension,webview,scripts,bench}', false),
      // ONNX Runtime makes the process that it runs in round denormal numbers to zero.
      project('pipeline', 'pipeline', false),
      // tfjs has one registry of backends, kernels and gradients for all, which these tests change.
      project('compute', '{compute,models}', true),
    ],
    exclude: longTests ? [] : [LONG_FILES],
    // Every graph that a test compiles is checked after each pass (src/compute/trace/inspector.ts).
    env: { DNW_VERIFY_GRAPHS: '1' },
    setupFiles: ['scripts/test/vitest-setup.mjs'],
    testTimeout: testLimitMs,
    hookTimeout: testLimitMs,
    // What is polled for is there soon, unless the machine is busy: the limit of the test is enough.
    expect: { poll: { timeout: testLimitMs / 2 } },
    // Two cores: one worker leaves the other to the process under test.
    pool: 'forks',
    maxWorkers: 2,
  },
});
