import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    globalSetup: 'test/e2e/global-setup.ts',
    // A scenario is one test with many steps, each bounded by itself (workbench.ts).
    testTimeout: 240_000,
    hookTimeout: 240_000,
    pool: 'forks',
    // One window at a time: two would share two cores with the engine.
    fileParallelism: false,
  },
});
