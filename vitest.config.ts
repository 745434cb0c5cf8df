import { defineConfig } from 'vitest/config';
import { assemblyForVite } from './scripts/build/assembly.mjs';
import { bundledTfjsForVite } from './scripts/test/bundled-tfjs.mjs';
import { testLimitMs } from './scripts/test/limits.mjs';

export default defineConfig({
  plugins: [assemblyForVite, bundledTfjsForVite],
  test: {
    include: [
      'test/{project,data,compute,models,pipeline,engine,extension,webview,scripts,bench}/**/*.test.{ts,tsx}',
    ],
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
