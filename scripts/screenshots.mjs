// Takes the images of docs/images/ in the real workbench, in a project on which the quickstart was run.
// npm run screenshots [-- --themes] [-- --project <folder>]
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from './setup/commands.mjs';
import { cacheFolder, repository } from './setup/paths.mjs';
import { setUp } from './setup.mjs';
import { packedWorkbenchEnvironment } from './test/workbench-environment.mjs';

const { values } = parseArgs({
  options: { themes: { type: 'boolean', default: false }, project: { type: 'string' } },
});

/** Starts two runs of one concept, for an image of compared runs. */
async function fineTuneTwice(project) {
  const fineTunings = readdirSync(join(project, 'runs')).filter((name) => name.includes('-fine-tune-'));
  const engine = join(repository, 'dist/engine/dnw.mjs');
  const weights = join(project, 'weights');
  const concept = readdirSync(weights).find((name) =>
    existsSync(join(weights, name, 'fine-tuned.safetensors')),
  );
  for (const seed of ['2', '1'].slice(fineTunings.length)) {
    await runCommand(process.execPath, [
      engine,
      'fine-tune',
      '--concept',
      concept,
      '--project',
      project,
      '--seed',
      seed,
    ]);
  }
}

/** The quickstart's project, including everything that it writes. */
async function finishedProject() {
  const project = join(cacheFolder, 'quickstart');
  if (!existsSync(join(project, 'weights'))) {
    await runCommand(process.execPath, [join(repository, 'scripts/quickstart.mjs'), '--again']);
  }
  await fineTuneTwice(project);
  return project;
}

await setUp();
const { build } = await import('esbuild');
const env = { ...process.env, ...(await packedWorkbenchEnvironment()) };
const program = join(cacheFolder, 'screenshots', 'take.mjs');
await build({
  absWorkingDir: repository,
  entryPoints: ['test/e2e/screenshots.ts'],
  outfile: program,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
});
const project = values.project ?? (await finishedProject());
const output = values.themes ? join(cacheFolder, 'screenshots') : join(repository, 'docs/images');
const themes = [
  'Default Light Modern',
  'Default Dark Modern',
  'Default High Contrast',
  'Default High Contrast Light',
];
await runCommand(process.execPath, [program, project, output, ...(values.themes ? themes : [])], {
  cwd: repository,
  env,
});
rmSync(program);
