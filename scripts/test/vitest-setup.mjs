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
