/**
 * Set-up of every test file of Vitest: reports the file, and how each test begins and ends, from the process that runs
 * them. Vitest's own news of a test waits for a turn of that process, which the next test may never yield.
 */
import { relative } from 'node:path';
import { beforeEach, expect } from 'vitest';
import { repository } from '../setup/paths.mjs';
import { errorText, eventsVariable, writeEvent } from './events.mjs';

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
