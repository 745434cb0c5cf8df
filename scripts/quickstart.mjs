// Sets up what is missing and runs the whole method on the example project: npm run quickstart -- --help
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { copyExampleProject } from './example-project.mjs';
import { newProjectFolder } from './quickstart/project.mjs';
import { cacheFolder, repository } from './setup/paths.mjs';
import { setUp } from './setup.mjs';

const HELP = `Usage: npm run quickstart [-- options]

Installs what is missing, then runs the whole method on a new copy of examples/quickstart in .cache/quickstart. If that
folder is there, it is kept, and the new copy is called quickstart-2, and so on.

Options:
  --again     remove .cache/quickstart and everything in it first, and use it again
  -h, --help  show this text
All other options are those of dnw quickstart, such as --device cpu or --tensorboard.
`;

/**
 * Runs the engine in this terminal, where it receives signals.
 * @returns its exit status
 */
function runEngine(project, options) {
  const engine = join(repository, 'dist/engine/dnw.mjs');
  const child = spawn(process.execPath, [engine, 'quickstart', '--project', project, ...options], {
    stdio: 'inherit',
  });
  // Ctrl+C reaches the engine directly; wait until it has written its checkpoint.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

async function run(options) {
  const start = performance.now();
  await setUp();
  const ready = performance.now();
  const project = newProjectFolder(cacheFolder, options.includes('--again'));
  copyExampleProject(project);
  process.exitCode = await runEngine(
    project,
    options.filter((option) => option !== '--again'),
  );
  const seconds = (from, to) => ((to - from) / 1000).toFixed(1);
  const end = performance.now();
  console.log(
    `\n${seconds(start, end)} s in all: ${seconds(start, ready)} s of set-up, ${seconds(ready, end)} s of running.\n` +
      `The project with everything it made: ${project}`,
  );
}

const options = process.argv.slice(2);
if (options.some((option) => option === '--help' || option === '-h')) console.log(HELP);
else await run(options);
