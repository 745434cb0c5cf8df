import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settle } from './counts.mjs';
import { EventReader, eventsVariable } from './events.mjs';
import { silenceLimitMs } from './limits.mjs';
import { startInGroup } from './process-group.mjs';
import { inWords, Progress } from './progress.mjs';

const readEveryMs = 500;
const tellEveryMs = 20_000;

const indented = (text) => text.replace(/^/gm, '    ');
const named = ({ file, title, error }) => `${file} > ${title}: ${error.split('\n', 1)[0]}`;

/** The running suites, whose counts are shown if the run is interrupted. */
const current = new Set();

/**
 * The counts of the running suites.
 * @returns {{name: string, counts: import('./counts.mjs').Counts}[]}
 */
export function unfinished() {
  return Array.from(current, ({ name, progress }) => ({ name, counts: progress.counts }));
}

function tellEnd(progress, { reason, running, hasToldFailures }) {
  console.log(reason);
  for (const test of running) console.log(`  ${test}`);
  if (hasToldFailures) return;
  for (const { file, title, error } of progress.failures)
    console.log(`  failed before that: ${file} > ${title}\n${indented(error)}`);
}

/**
 * Runs a suite whose tests report to the file that DNW_TEST_EVENTS names. Prints its progress, and ends it if it hangs:
 * if no test has begun or ended for longer than any test may take.
 * @param {string} name of the suite
 * @param {string[]} command program and arguments
 * @param {{env?: Record<string, string>, memory?: import('./progress.d.mts').RememberedSuite, silenceMs?: number, quiet?: boolean}} options
 *   `quiet` keeps the program's own output from being shown
 * @returns {Promise<{counts: import('./counts.mjs').Counts, failures: string[], run: import('./progress.d.mts').RememberedSuite | undefined}>}
 *   what passed and failed, even if the suite was ended early; each failed test in one line; and the durations, if the
 *   suite ended by itself
 */
export async function runWatched(name, command, { env, memory, silenceMs = silenceLimitMs, quiet } = {}) {
  const file = join(mkdtempSync(join(tmpdir(), 'events-')), 'events.jsonl');
  writeFileSync(file, '');
  const reader = new EventReader(file);
  const progress = new Progress(name, memory, performance.now());
  const program = startInGroup(command, { env: { ...env, [eventsVariable]: file }, quiet });
  let hanging;
  const read = () => {
    const now = performance.now();
    for (const event of reader.next()) progress.add(event, now);
    if (hanging !== undefined || progress.silence(now) < silenceMs) return;
    hanging = progress.running(now);
    program.end();
  };
  const reading = setInterval(read, readEveryMs);
  const telling = setInterval(() => console.log(progress.line(performance.now())), tellEveryMs);
  const entry = { name, progress };
  current.add(entry);
  try {
    const { succeeded, how } = await program.ended;
    read();
    const now = performance.now();
    const running = hanging ?? progress.running(now);
    const { finished } = progress;
    const failures = progress.failures.map(named);
    if (hanging !== undefined || !finished) {
      const reason = hanging
        ? `${name} was ended: no test began or ended for ${inWords(silenceMs)}. At that time ran`
        : `${name} broke off (${how}) while it ran`;
      tellEnd(progress, {
        reason: `${reason}${running.length === 0 ? ' nothing.' : ':'}`,
        running,
        hasToldFailures: finished,
      });
      failures.push(reason, ...running);
    }
    const counts = progress.counts;
    // Tests that were still running count as failed.
    if (hanging !== undefined || !finished) counts.failed += Math.max(1, running.length);
    return {
      counts: settle(counts, succeeded && hanging === undefined),
      failures,
      run: finished && hanging === undefined ? progress.toRemember(now) : undefined,
    };
  } finally {
    clearInterval(reading);
    clearInterval(telling);
    current.delete(entry);
  }
}
