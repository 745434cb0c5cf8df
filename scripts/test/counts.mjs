import { existsSync, readFileSync } from 'node:fs';

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

/** @returns {Counts} of Vitest's JSON report; nothing where it was not written */
export function readVitestReport(file) {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** @returns {Counts} of the lines (test/host-runner/host-event.ts) that the extension host's suites wrote */
export function readHostReport(file) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const types = lines.map((line) => JSON.parse(line).type);
  const count = (type) => types.filter((found) => found === type).length;
  return { passed: count('passed'), failed: count('failed'), skipped: 0 };
}
