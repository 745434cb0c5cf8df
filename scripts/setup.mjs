// Brings a checkout to where it runs: dependencies as package-lock.json names them, and the bundles of dist/.
import { join } from 'node:path';
import { runCommand, timedStep } from './setup/commands.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { repository } from './setup/paths.mjs';

/** Prints what it does. Needs nothing but Node.js and npm. */
export async function setUp() {
  await ensureDependencies();
  await timedStep('build', () =>
    runCommand(process.execPath, [join(repository, 'scripts/build.mjs')], { cwd: repository }),
  );
}
