import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyExampleProject } from '../example-project.mjs';
import { ensureChromium } from '../setup/chromium.mjs';
import { repository } from '../setup/paths.mjs';
import { bundleHostTests } from './host-bundles.mjs';
import { programLimitMs, tortureLimitMs } from './limits.mjs';
import { remembered } from './memory.mjs';
import { startInGroup } from './process-group.mjs';
import { inWords } from './progress.mjs';
import { runWatched } from './watched.mjs';
import { packedWorkbenchEnvironment } from './workbench-environment.mjs';

function bin(path) {
  return [process.execPath, join(repository, 'node_modules', path)];
}

/**
 * Outcome of a suite, with the names of failed tests, and `run` if it ended by itself.
 * @typedef {{counts: import('./counts.mjs').Counts, failures?: string[], run?: import('./progress.d.mts').RememberedSuite}} Outcome
 */

/** Lines at the end of a failed program's output that the summary repeats. */
const repeatedLines = 25;

/** How `audit` ends if the registry could not be asked, which is neither a pass nor a failure. */
const NOT_MADE = 'exit status 3';

/**
 * Runs one npm script of package.json, which counts as one test. Its output is shown once it has ended.
 * @param {string} name
 * @param {{options?: readonly string[], skippedAs?: string, limitMs?: number}} settings its options, and how it ends if
 *   it could not be made
 */
async function runScript(name, { options = [], skippedAs, limitMs = programLimitMs } = {}) {
  const start = performance.now();
  const program = startInGroup(['npm', 'run', '--silent', name, '--', ...options], { quiet: true });
  const limit = setTimeout(() => {
    console.log(`${name} was ended: it took longer than ${inWords(limitMs)}.`);
    program.end();
  }, limitMs);
  const { succeeded, how, output } = await program.ended;
  const skipped = how === skippedAs;
  clearTimeout(limit);
  if (output !== '') console.log(output.trimEnd());
  const failed = !succeeded && !skipped;
  const reason = `npm run ${[name, ...options].join(' ')} failed: ${how}`;
  if (failed) console.log(reason);
  return {
    counts: { passed: succeeded ? 1 : 0, failed: failed ? 1 : 0, skipped: skipped ? 1 : 0 },
    failures: failed ? [reason, ...output.trimEnd().split('\n').slice(-repeatedLines)] : [],
    run: { seconds: Math.round((performance.now() - start) / 1000), files: {} },
  };
}

/**
 * Which tests of the suites run.
 * @typedef {{filters: string[], long: boolean}} Selection parts of file names, for the suites that Vitest runs; and
 *   whether the tests run that take long (test/long-tests.ts)
 */

function runVitest(name, config, selection, env) {
  const reporter = join(repository, 'scripts/test/vitest-reporter.mjs');
  const command = [
    ...bin('vitest/vitest.mjs'),
    ...['run', '--config', config, `--reporter=${reporter}`],
    ...selection.filters,
  ];
  return runWatched(name, command, {
    env: { ...env, ...(selection.long && { DNW_LONG_TESTS: '1' }) },
    // When only some files run, the last complete run tells nothing.
    memory: selection.filters.length === 0 ? remembered(name, selection) : undefined,
  });
}

async function runHostTests(selection) {
  const env = await packedWorkbenchEnvironment();
  const { runner, suites } = await bundleHostTests();
  const folder = mkdtempSync(join(tmpdir(), 'host-'));
  // A name with a meaning only below a project.
  const workspace = join(folder, 'runs', 'quickstart');
  copyExampleProject(workspace);
  const command = [process.execPath, runner, suites, workspace];
  return runWatched('host', command, { env, memory: remembered('host', selection) });
}

/**
 * Every suite, in the order in which they run: first what the others need and what fails fastest.
 * @type {Record<string, (selection: Selection) => Promise<Outcome>>}
 */
export const suites = {
  build: () => runScript('build'),
  lint: () => runScript('lint'),
  typecheck: () => runScript('typecheck'),
  budget: () => runScript('budget'),
  audit: () => runScript('audit', { skippedAs: NOT_MADE }),
  unit: async (selection) => {
    const env = { CHROMIUM: await ensureChromium() };
    return runVitest('unit', 'vitest.config.ts', selection, env);
  },
  torture: () => runScript('bench', { options: ['torture', '--quick'], limitMs: tortureLimitMs }),
  host: runHostTests,
  e2e: async (selection) => {
    const env = await packedWorkbenchEnvironment();
    return runVitest('e2e', 'vitest.e2e.config.ts', selection, env);
  },
};

/** Suites that run only if they are named, and with `--all`. */
export const extraSuites = ['torture'];

/** Suites with tests that run only with `--all` and `--filter`. */
export const suitesWithLongTests = ['unit', 'e2e'];

/**
 * Suites that run in parallel: programs that mostly use one core, and windows that mostly wait for something. `unit`
 * keeps two cores busy by itself.
 */
export const together = [
  ['lint', 'typecheck', 'budget', 'audit'],
  ['host', 'e2e'],
];
