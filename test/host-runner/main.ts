// Runs the suites of test/host in the real extension host: main.ts <suites folder> <workspace folder>
// Exit status 0 when every test passed. Whoever starts it names a file of events (scripts/test/events.mjs) and ends it
// with SIGTERM where no test makes progress.
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import type { Page } from 'playwright-core';
import { EventReader, eventsVariable, type TestEvent } from '../../scripts/test/events.mjs';
import { launchBrowser } from '../browser.ts';
import { locations } from '../workbench/locations.ts';
import { createProfile, type Profile } from '../workbench/profile.ts';
import { installVsix, startServer } from '../workbench/server.ts';
import { remoteUri, workbenchUrl } from '../workbench/workbench-url.ts';

const printEveryMs = 500;

interface HostRun {
  exitCode: number | undefined;
  console: string[];
}

/** Loads the workbench with the suites as its test entry and waits for the exit code that it hands out. */
async function runInPage(page: Page, url: string): Promise<HostRun> {
  const lines: string[] = [];
  await page.exposeFunction('codeAutomationLog', (_type: string, values: unknown[]) => {
    lines.push(format(...values));
  });
  const interrupted = new Promise<undefined>((done) => process.once('SIGTERM', () => done(undefined)));
  const exited = new Promise<number>((done) => void page.exposeFunction('codeAutomationExit', done));
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  const exitCode = await Promise.race([exited, interrupted]);
  return { exitCode, console: lines };
}

async function runHost(profile: Profile, suites: string, workspace: string): Promise<HostRun> {
  // What ships is tested, not the repository.
  const extension = await installVsix(profile);
  // VS Code hands each extension a copy of its API, by the folder of the file that asks: within the extension's own,
  // a suite that stands in for a part of it does so for the extension.
  const entry = join(extension, 'host-tests');
  cpSync(suites, entry, { recursive: true });
  // Where the suites find Mocha.
  symlinkSync(join(locations.repository(), 'node_modules'), join(entry, 'node_modules'));
  // Without this flag a built workbench ignores extensionDevelopmentPath and extensionTestsPath.
  const server = await startServer(profile, {
    flags: ['--enable-smoke-test-driver'],
    environment: { DNW_HOST_PROGRAMS: join(locations.repository(), 'test/host/programs') },
  });
  try {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const url = workbenchUrl(server.url, workspace, [
        ['extensionDevelopmentPath', remoteUri(server.url, extension)],
        ['extensionTestsPath', remoteUri(server.url, join(entry, 'index.cjs'))],
        ['enableProposedApi', ''],
      ]);
      const result = await runInPage(page, url);
      if (result.exitCode !== 0) {
        mkdirSync('test-results', { recursive: true });
        await page.screenshot({ path: 'test-results/host.png' });
      }
      return result;
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

function printEvent(event: TestEvent): void {
  if (event.type === 'passed') console.log(`  ✓ ${event.title} (${event.ms} ms)`);
  if (event.type === 'failed') console.log(`  ✗ ${event.title}\n${event.error.replace(/^/gm, '      ')}`);
}

const [suites, workspace] = process.argv.slice(2).map((path) => resolve(path));
const eventsFile = process.env[eventsVariable];
if (suites === undefined || workspace === undefined || eventsFile === undefined) {
  throw new Error(`expected: <suites folder> <workspace folder>, and ${eventsVariable} in the environment`);
}
const events = new EventReader(eventsFile);
let last: TestEvent | undefined;
const print = () => {
  for (const event of events.next()) {
    printEvent(event);
    last = event;
  }
};
const printing = setInterval(print, printEveryMs);
const profile = createProfile();
try {
  const { exitCode, console: hostConsole } = await runHost(profile, suites, workspace);
  print();
  if (exitCode !== 0 || last?.type !== 'finished') {
    const how = exitCode === undefined ? 'was interrupted' : `ended with ${exitCode}`;
    writeFileSync('test-results/host-console.log', hostConsole.join('\n'));
    console.log(`The extension host ${how}; test-results/ has its console and a screenshot. Its last lines:`);
    console.log(hostConsole.slice(-40).join('\n'));
    process.exitCode = 1;
  }
} finally {
  clearInterval(printing);
  profile.remove();
}
