/**
 * Setup of every Vitest test file: deletes the folders that its tests make, and reports the file, and the start and end
 * of each test, from the process that runs them. Vitest's own events of a test wait for a turn of that process's event
 * loop, which the next test may never yield.
 */
import { relative } from 'node:path';
import { afterAll, beforeEach, expect } from 'vitest';
import { removeTemporaryFolders } from '../../test/temporary-folders.ts';
import { repository } from '../setup/paths.mjs';
import { errorText, eventsVariable, writeEvent } from './events.mjs';

/**
 * Compares typed arrays by their bytes. Vitest compares value by value, which takes seconds for the weights of a small
 * generator. The result is the same: 0 and -0 are different, NaN equals itself.
 */
function typedArraysEqual(a, b) {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || a.constructor !== b.constructor) return undefined;
  const bytes = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);
  // Values that are not numbers have several bit patterns: let Vitest decide.
  return bytes(a).equals(bytes(b)) || undefined;
}
expect.addEqualityTesters([typedArraysEqual]);

// Registered first, so it runs after the hooks of the file.
afterAll(removeTemporaryFolders);

const events = process.env[eventsVariable];
if (events !== undefined) {
  const file = relative(repository, expect.getState().testPath);
  writeEvent(events, { type: 'opened', file });
  beforeEach(({ task, onTestFinished }) => {
    const test = { id: task.id, file, title: task.fullTestName };
    writeEvent(events, { type: 'started', ...test });
    onTestFinished(() => {
      const { state, errors = [] } = task.result;
      if (state === 'fail') writeEvent(events, { type: 'failed', ...test, error: errorText(errors) });
      else writeEvent(events, { type: 'passed', ...test });
    });
  });
}
