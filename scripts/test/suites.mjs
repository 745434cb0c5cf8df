import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyExampleProject } from '../example-project.mjs';
import { ensureChromium } from '../setup/chromium.mjs';
import { repository } from '../setup/paths.mjs';
import { readHostReport, readVitestReport, settle } from './counts.mjs';
import { bundleHostTests } from './host-bundles.mjs';
import { runInGroup } from './process-group.mjs';
import { packedWorkbenchEnvironment } from './workbench-environment.mjs';

const minute = 60_000;

function bin(path) {
  return [process.execPath, join(repository, 'node_modules', path)];
}

/** Runs one npm script of package.json; it counts as one test. */
async function runScript(name) {
  const succeeded = await runInGroup(['npm', 'run', '--silent', name], { limitMs: 5 * minute });
  return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 };
}

async function runVitest(config, { filters, env, limitMs }) {
  const report = join(mkdtempSync(join(tmpdir(), 'report-')), 'report.json');
  const succeeded = await runInGroup(
    [
      ...bin('vitest/vitest.mjs'),
      ...['run', '--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      ...filters,
    ],
    { env, limitMs },
  );
  return settle(readVitestReport(report), succeeded);
}

async function runHostTests() {
  const env = await packedWorkbenchEnvironment();
  const { runner, suites } = await bundleHostTests();
  const folder = mkdtempSync(join(tmpdir(), 'host-'));
  // A name that stands for something only below a project.
  const workspace = join(folder, 'runs', 'quickstart');
  copyExampleProject(workspace);
  const report = join(folder, 'report.jsonl');
  const command = [process.execPath, runner, suites, workspace, report];
  const succeeded = await runInGroup(command, { env, limitMs: 8 * minute });
  return settle(readHostReport(report), succeeded);
}

async function runEndToEnd(filters) {
  return runVitest('vitest.e2e.config.ts', {
    filters,
    env: await packedWorkbenchEnvironment(),
    limitMs: 15 * minute,
  });
}

/**
 * Every suite in the order in which they run: what the others need and what fails fastest comes first.
 * `filters` are file name parts, for the suites that Vitest runs.
 * @type {Record<string, (filters: string[]) => Promise<import('./counts.mjs').Counts>>}
 */
export const suites = {
  build: () => runScript('build'),
  lint: () => runScript('lint'),
  typecheck: () => runScript('typecheck'),
  budget: () => runScript('budget'),
  unit: async (filters) => {
    const env = { CHROMIUM: await ensureChromium() };
    return runVitest('vitest.config.ts', { filters, env, limitMs: 12 * minute });
  },
  host: runHostTests,
  e2e: runEndToEnd,
};
