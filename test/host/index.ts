import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import type { HostEvent } from '../host-runner/host-event.ts';

/** Runs every suite beside this file inside the extension host and reports each test to the runner's file. */
export async function run(): Promise<void> {
  const resultsFile = process.env.DNW_HOST_RESULTS;
  if (!resultsFile)
    throw new Error('DNW_HOST_RESULTS names no file: start these tests with `npm test -- host`');
  const report = (event: HostEvent) => appendFileSync(resultsFile, `${JSON.stringify(event)}\n`);
  // A suite drives real processes: what a test waits for is bounded by this alone.
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: Mocha.reporters.Base });
  for (const file of readdirSync(__dirname).filter((name) => name.endsWith('.test.cjs'))) {
    mocha.addFile(join(__dirname, file));
  }
  await new Promise<void>((resolve, reject) => {
    mocha
      .run((failures) => (failures === 0 ? resolve() : reject(new Error(`${failures} tests failed`))))
      .on('pass', (test) => report({ type: 'passed', title: test.fullTitle(), ms: test.duration ?? 0 }))
      .on('fail', (test, error) =>
        report({ type: 'failed', title: test.fullTitle(), error: error.stack ?? String(error) }),
      );
  });
  report({ type: 'finished' });
}
