import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../setup/paths.mjs';

const file = join(cacheFolder, 'test-times.json');

function read() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Nothing is lost but the estimate of what is left.
    return {};
  }
}

/** @returns {import('./progress.d.mts').RememberedSuite | undefined} of the last whole run of a suite here */
export function remembered(suite) {
  return read()[suite];
}

/** Keeps what a whole run of a suite took. */
export function remember(suite, run) {
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(file, JSON.stringify({ ...read(), [suite]: run }));
}
