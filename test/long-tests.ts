/**
 * Tests that `npm test` leaves out so that it ends within minutes. They go through every scenario, theme and language of
 * what other tests show in one of them, or need a window of their own. `npm test -- --all` runs them, and so does CI.
 */

/** Whether the long tests run, too. */
export const longTests = process.env.DNW_LONG_TESTS === '1';

/** Pattern of the files that hold nothing but long tests. */
export const LONG_FILES = '**/*.long.*';

/** All cases of a test if the long tests run; otherwise those that are `usual`. */
export function casesOf<T>(all: readonly T[], usual: (one: T) => boolean): readonly T[] {
  return longTests ? all : all.filter(usual);
}
