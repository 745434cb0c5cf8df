import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runWatched } from '../../scripts/test/watched.mjs';

const SUITES = 'test/scripts/suites';

/** Everything that was told meanwhile, as lines. */
function toldBy(spy: { mock: { calls: unknown[][] } }): string[] {
  return spy.mock.calls.map((values) => values.join(' ')).flatMap((text) => text.split('\n'));
}

const spy = vi.spyOn(console, 'log').mockImplementation(() => {});
afterEach(() => void spy.mockClear());

/** Runs some of the suites that fail on purpose with Vitest, without what this Vitest has put into the environment. */
function runVitest(...files: string[]) {
  const foreign = Object.keys(process.env).filter((name) =>
    /^(VITEST|TEST$|NODE_ENV$|MODE$|DEV$|PROD$|SSR$)/.test(name),
  );
  for (const name of foreign) vi.stubEnv(name, undefined);
  const reporter = join(process.cwd(), 'scripts/test/vitest-reporter.mjs');
  const config = `${SUITES}/vitest.config.ts`;
  const command = [
    process.execPath,
    ...['node_modules/vitest/vitest.mjs', 'run', '--config', config, `--reporter=${reporter}`],
    ...files,
  ];
  // What fails on purpose is not to be read among the failures of this suite.
  return runWatched('checks', command, { quiet: true });
}
afterEach(() => void vi.unstubAllEnvs());

describe('a suite', () => {
  it('that hangs is ended, with the test that hangs, and with what passed and failed before', async () => {
    const command = [process.execPath, `${SUITES}/hanging.mjs`];
    const { counts, run } = await runWatched('colors', command, { silenceMs: 5000 });
    // The test that hangs has failed too.
    expect(counts).toEqual({ passed: 1, failed: 2, skipped: 0 });
    expect(run).toBeUndefined();
    expect(toldBy(spy)).toEqual([
      'colors was ended: no test began or ended for 5 s. At that time ran:',
      expect.stringMatching(/^ {2}colors\.test\.ts > blue \(for \d+ s\)$/),
      '  failed before that: colors.test.ts > green',
      '    Error: it is yellow',
    ]);
  });

  it('whose program dies names the test that ran, though that never came back', async () => {
    const { counts, run } = await runVitest('killing');
    expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(run).toBeUndefined();
    expect(toldBy(spy)).toEqual([
      'checks broke off (SIGKILL) while it ran:',
      expect.stringContaining(`${SUITES}/killing.check.ts > a runner > is killed by a test (for `),
    ]);
  });

  it('that ends counts tests, and as failed also what kept tests from running', async () => {
    const { counts, failures, run } = await runVitest('mixed', 'unloadable');
    // The test that is mixed up, the set-up that throws and the file that cannot be loaded.
    expect(counts).toEqual({ passed: 1, failed: 3, skipped: 2 });
    expect(failures.sort()).toEqual([
      expect.stringMatching(/mixed\.check\.ts > a color > is mixed: AssertionError: /),
      expect.stringMatching(/mixed\.check\.ts > a shape, set-up: Error: there is no paper$/),
      expect.stringMatching(/unloadable\.check\.ts > the file itself: Error: there is nothing to load$/),
    ]);
    expect(Object.keys(run!.files).sort()).toEqual([
      `${SUITES}/mixed.check.ts`,
      `${SUITES}/unloadable.check.ts`,
    ]);
    expect(toldBy(spy)).toEqual([]);
  });

  it('that reports nothing has failed', async () => {
    const { counts } = await runWatched('nothing', [process.execPath, '--eval', '0']);
    expect(counts).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
