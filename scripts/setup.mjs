// Makes a checkout ready to run: installs the dependencies of package-lock.json and builds the bundles in dist/.
import { join } from 'node:path';
import { runCommand, timedStep } from './setup/commands.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { repository } from './setup/paths.mjs';

/** Performs the set-up and prints its steps. Needs only Node.js and npm. */
export async function setUp() {
  await ensureDependencies();
  await timedStep('build', () =>
    runCommand(process.execPath, [join(repository, 'scripts/build.mjs')], { cwd: repository }),
  );
}
