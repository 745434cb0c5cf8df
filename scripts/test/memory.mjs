import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../setup/paths.mjs';

const file = join(cacheFolder, 'test-times.json');

function read() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Only the estimate of the remaining time is lost.
    return {};
  }
}

const keyOf = (suite, { long }) => (long ? `${suite} with its long tests` : suite);

/**
 * The last complete run of a suite on this machine.
 * @param {string} suite
 * @param {import('./suites.mjs').Selection} selection
 * @returns {import('./progress.d.mts').RememberedSuite | undefined}
 */
export function remembered(suite, selection) {
  return read()[keyOf(suite, selection)];
}

/** Remembers the duration of a complete run of a suite. */
export function remember(suite, selection, run) {
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(file, JSON.stringify({ ...read(), [keyOf(suite, selection)]: run }));
}
