import { defineConfig } from 'vitest/config';
import { testLimitMs } from './scripts/test/limits.mjs';
import { LONG_FILES, longTests } from './test/long-tests.ts';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    exclude: longTests ? [] : [LONG_FILES],
    globalSetup: 'test/e2e/global-setup.ts',
    // A scenario is one test with many steps, each bounded by itself (workbench.ts).
    setupFiles: ['scripts/test/vitest-setup.mjs'],
    testTimeout: testLimitMs,
    hookTimeout: testLimitMs,
    // What is polled for is there soon, unless the machine is busy.
    expect: { poll: { timeout: testLimitMs / 2 } },
    pool: 'forks',
    // One window at a time: two take as long on two cores, and each waits for the other.
    fileParallelism: false,
    // One process runs all files, so that it unpacks the extension once.
    isolate: false,
  },
});
