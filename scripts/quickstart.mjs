// Sets up what is missing and runs the whole method on the example project: npm run quickstart [-- <dnw quickstart
// options>]
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyExampleProject } from './example-project.mjs';
import { cacheFolder, repository } from './setup/paths.mjs';
import { setUp } from './setup.mjs';

/**
 * Runs the engine in this terminal, where it receives signals.
 * @returns its exit status
 */
function runEngine(project) {
  const engine = join(repository, 'dist/engine/dnw.mjs');
  const child = spawn(
    process.execPath,
    [engine, 'quickstart', '--project', project, ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  // Ctrl+C reaches the engine directly; wait until it has written its checkpoint.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

const start = performance.now();
await setUp();
const ready = performance.now();
const project = join(cacheFolder, 'quickstart');
rmSync(project, { recursive: true, force: true });
copyExampleProject(project);
process.exitCode = await runEngine(project);
const seconds = (from, to) => ((to - from) / 1000).toFixed(1);
const end = performance.now();
console.log(
  `\n${seconds(start, end)} s in all: ${seconds(start, ready)} s of set-up, ${seconds(ready, end)} s of running.\n` +
    `The project with everything it made: ${project}`,
);
