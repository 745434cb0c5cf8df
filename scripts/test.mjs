// Sets up what is missing, then runs every suite, or those named: npm test [-- <suite>... [--filter <file name part>]...]
// The last line is `N passed, N failed` over all of them; the exit status is 1 when anything failed.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './setup/dependencies.mjs';
import { killLeftovers } from './test/process-group.mjs';
import { suites } from './test/suites.mjs';

function readArguments() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { filter: { type: 'string', multiple: true, default: [] } },
  });
  const unknown = positionals.find((name) => !Object.hasOwn(suites, name));
  if (unknown !== undefined) {
    console.error(`There is no suite '${unknown}'. Suites: ${Object.keys(suites).join(', ')}`);
    process.exit(2);
  }
  // The others run what is built.
  const wanted = (name) => positionals.length === 0 || positionals.includes(name) || name === 'build';
  const names = Object.keys(suites).filter(wanted);
  return { names, filters: values.filter };
}

/** A suite that could not be run has failed, and the others still run. */
async function runSuite(name, filters) {
  try {
    return await suites[name](filters);
  } catch (error) {
    console.log(error instanceof Error ? error.stack : error);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function describe({ passed, failed, skipped }, seconds) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''} in ${seconds.toFixed(0)} s`;
}

/** Everything temporary of this run lies in one folder: it goes with the run. */
const temporary = mkdtempSync(join(realpathSync(tmpdir()), 'dnw-'));
process.env.TMPDIR = temporary;

function cleanUp() {
  killLeftovers();
  rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    cleanUp();
    process.exit(1);
  });
}

const { names, filters } = readArguments();
const results = [];
try {
  await ensureDependencies();
  for (const name of names) {
    console.log(`\n=== ${name}`);
    const start = performance.now();
    const counts = await runSuite(name, filters);
    killLeftovers();
    results.push({ name, counts, seconds: (performance.now() - start) / 1000 });
    console.log(`=== ${name}: ${describe(counts, results.at(-1).seconds)}`);
  }
} catch (error) {
  console.log(error instanceof Error ? error.stack : error);
  results.push({ name: 'set-up', counts: { passed: 0, failed: 1, skipped: 0 }, seconds: 0 });
} finally {
  cleanUp();
}

console.log('\nSuites:');
for (const { name, counts, seconds } of results)
  console.log(`  ${name.padEnd(10)} ${describe(counts, seconds)}`);
const total = (key) => results.reduce((sum, { counts }) => sum + counts[key], 0);
process.exitCode = total('failed') === 0 ? 0 : 1;
console.log(`${total('passed')} passed, ${total('failed')} failed`);
