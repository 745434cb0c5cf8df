import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import Mocha from 'mocha';
import { eventsVariable, writeEvent } from '../../scripts/test/events.mjs';
import { testLimitMs } from '../../scripts/test/limits.mjs';

/** Runs every suite beside this file inside the extension host and reports each test to the runner's file. */
export async function run(): Promise<void> {
  const events = process.env[eventsVariable];
  if (!events)
    throw new Error(`${eventsVariable} names no file: start these tests with \`npm test -- host\``);
  const report = (event: Parameters<typeof writeEvent>[1]) => writeEvent(events, event);
  // A suite drives real processes: what a test waits for is bounded by this alone.
  const mocha = new Mocha({ ui: 'bdd', timeout: testLimitMs, reporter: Mocha.reporters.Base });
  for (const file of readdirSync(__dirname).filter((name) => name.endsWith('.test.cjs'))) {
    mocha.addFile(join(__dirname, file));
  }
  /** What an event says of a test or a hook. */
  const about = (runnable: Mocha.Runnable) => ({
    file: `test/host/${basename(runnable.file ?? 'index.ts').replace(/\.cjs$/, '.ts')}`,
    title: runnable.fullTitle(),
  });
  await new Promise<void>((resolve, reject) => {
    const runner = mocha.run((failures) =>
      failures === 0 ? resolve() : reject(new Error(`${failures} tests failed`)),
    );
    report({ type: 'planned', tests: runner.total });
    let open: string | undefined;
    const close = () => {
      if (open !== undefined) report({ type: 'closed', file: open });
    };
    runner
      .on('test', (test) => {
        const { file, title } = about(test);
        if (file !== open) close();
        open = file;
        report({ type: 'started', file, title });
      })
      .on('pass', (test) => report({ type: 'passed', ...about(test), ms: test.duration ?? 0 }))
      .on('pending', (test) => report({ type: 'skipped', ...about(test) }))
      .on('fail', (test, error) =>
        report({ type: 'failed', ...about(test), error: error.stack ?? String(error) }),
      )
      .on('end', () => {
        close();
        report({ type: 'finished' });
      });
  });
}
