/**
 * What one suite did. `skipped` counts tests that did not run.
 * @typedef {{passed: number, failed: number, skipped: number}} Counts
 */

/**
 * Settles the counts of a suite by its exit status: one that crashed, or ran nothing, has failed,
 * whatever it counted until then.
 * @param {Counts} counts
 * @param {boolean} succeeded
 * @returns {Counts}
 */
export function settle({ passed, failed, skipped }, succeeded) {
  const nothingRan = passed + failed === 0;
  return { passed, failed: failed === 0 && (!succeeded || nothingRan) ? 1 : failed, skipped };
}
