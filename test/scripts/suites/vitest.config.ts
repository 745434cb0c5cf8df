import { defineConfig } from 'vitest/config';

/** Suites that fail on purpose, for the tests of what runs suites. */
export default defineConfig({
  test: {
    include: ['test/scripts/suites/*.check.ts'],
    setupFiles: ['scripts/test/vitest-setup.mjs'],
    pool: 'forks',
  },
});
