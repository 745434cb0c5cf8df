// Sets up what is missing, then runs the suites, or those named: npm test [-- [<suite>...] [--all] [--filter <text>]...]
// `--all` includes the extra suites and the long tests. `--filter` is a part of file names; with it, long tests run too.
// The last line is the total, `N passed, N failed`; the exit status is 1 if anything failed.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './setup/dependencies.mjs';
import { settle } from './test/counts.mjs';
import { remember, remembered } from './test/memory.mjs';
import { killLeftovers } from './test/process-group.mjs';
import { inWords } from './test/progress.mjs';
import { extraSuites, suites, suitesWithLongTests, together } from './test/suites.mjs';
import { unfinished } from './test/watched.mjs';

function readArguments() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      filter: { type: 'string', multiple: true, default: [] },
    },
  });
  const unknown = positionals.find((name) => !Object.hasOwn(suites, name));
  if (unknown !== undefined) {
    console.error(`There is no suite '${unknown}'. Suites: ${Object.keys(suites).join(', ')}`);
    process.exit(2);
  }
  // The other suites run what is built.
  const usual = (name) => positionals.length === 0 && (values.all || !extraSuites.includes(name));
  const wanted = (name) => usual(name) || positionals.includes(name) || name === 'build';
  const names = Object.keys(suites).filter(wanted);
  const long = values.all || values.filter.length > 0;
  return { names, selection: { filters: values.filter, long } };
}

function describe({ passed, failed, skipped }, seconds) {
  const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return seconds === undefined ? counts : `${counts} in ${inWords(1000 * seconds)}`;
}

const { names, selection } = readArguments();

/** One folder for all temporary files of this run, deleted at its end. */
const temporary = mkdtempSync(join(realpathSync(tmpdir()), 'dnw-'));
process.env.TMPDIR = temporary;

function cleanUp() {
  killLeftovers();
  rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

const results = [];
/** Names of the suites that are running. */
const running = new Set();
const nothing = { passed: 0, failed: 0, skipped: 0 };

/** Prints the failed tests and the results of all suites; the last line is the total, for readers of only that. */
function summarize() {
  const failed = results.filter(({ counts }) => counts.failed > 0);
  if (failed.length > 0) console.log('\nFailed:');
  for (const { name, failures = [] } of failed)
    for (const line of failures.length > 0 ? failures : ['as a whole']) console.log(`  ${name}: ${line}`);
  console.log('\nSuites:');
  for (const { name, counts, seconds } of results)
    console.log(`  ${name.padEnd(10)} ${describe(counts, seconds)}`);
  const leftOut = !selection.long && names.some((name) => suitesWithLongTests.includes(name));
  if (leftOut) console.log('The long tests were left out. All tests: npm test -- --all');
  const total = (key) => results.reduce((sum, { counts }) => sum + counts[key], 0);
  process.exitCode = total('failed') === 0 ? 0 : 1;
  console.log(`${total('passed')} passed, ${total('failed')} failed`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A suite that was interrupted has failed.
    const reported = new Map(unfinished().map(({ name, counts }) => [name, counts]));
    for (const name of running) {
      console.log(`=== ${name}: interrupted by ${signal}`);
      results.push({ name, counts: settle(reported.get(name) ?? nothing, false) });
    }
    cleanUp();
    summarize();
    process.exit(1);
  });
}

/** Runs one suite. If it cannot be run, it counts as failed, and the others still run. */
async function runSuite(name) {
  const start = performance.now();
  running.add(name);
  let outcome;
  try {
    outcome = await suites[name](selection);
  } catch (error) {
    console.log(error instanceof Error ? error.stack : error);
    outcome = { counts: { passed: 0, failed: 1, skipped: 0 } };
  }
  running.delete(name);
  const seconds = (performance.now() - start) / 1000;
  if (outcome.run !== undefined && selection.filters.length === 0) remember(name, selection, outcome.run);
  results.push({ name, counts: outcome.counts, failures: outcome.failures, seconds });
  console.log(`=== ${name}: ${describe(outcome.counts, seconds)}`);
}

/** Announces suites and the remaining time, based on the last run. */
function announce(names, rest) {
  const last = names.map((name) => remembered(name, selection)?.seconds ?? 0);
  const after = rest.map((name) => remembered(name, selection)?.seconds);
  const known = last.every(Boolean) && after.every((seconds) => seconds !== undefined);
  const all = Math.max(...last) + after.reduce((sum, seconds) => sum + seconds, 0);
  const time = known ? ` (by the last run, about ${inWords(1000 * all)} to the end)` : '';
  console.log(`\n=== ${names.join(', ')}${time}`);
}

try {
  await ensureDependencies();
  const groupOf = (name) => together.find((group) => group.includes(name)) ?? [name];
  const groups = [...new Set(names.map(groupOf))].map((group) =>
    names.filter((name) => group.includes(name)),
  );
  for (const [place, group] of groups.entries()) {
    announce(group, groups.slice(place + 1).flat());
    await Promise.all(group.map((name) => runSuite(name)));
    killLeftovers();
  }
} catch (error) {
  console.log(error instanceof Error ? error.stack : error);
  results.push({ name: 'set-up', counts: { passed: 0, failed: 1, skipped: 0 } });
} finally {
  cleanUp();
}
summarize();
