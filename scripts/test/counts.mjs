/**
 * Results of one suite. `skipped` counts tests that did not run.
 * @typedef {{passed: number, failed: number, skipped: number}} Counts
 */

/**
 * The final counts of a suite, given its exit status: a suite that crashed or ran nothing has failed, whatever it had
 * counted.
 * @param {Counts} counts
 * @param {boolean} succeeded
 * @returns {Counts}
 */
export function settle({ passed, failed, skipped }, succeeded) {
  const nothingRan = passed + failed === 0;
  return { passed, failed: failed === 0 && (!succeeded || nothingRan) ? 1 : failed, skipped };
}
