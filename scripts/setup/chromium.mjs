import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand, timedStep } from './commands.mjs';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macPrograms = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findProgram() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = programs.flatMap((program) => folders.map((folder) => join(folder, program)));
  return [...candidates, ...macPrograms].find(isExecutable);
}

function canUseApt() {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0 && isExecutable('/usr/bin/apt-get');
}

/**
 * Path of a Chromium that starts: $CHROMIUM, one on the PATH, or Debian's, installed here if root may do so.
 * @returns {Promise<string>}
 */
export async function ensureChromium() {
  const named = process.env.CHROMIUM;
  if (named && !isExecutable(named)) throw new Error(`CHROMIUM names ${named}, which is not a program`);
  let chromium = named || findProgram();
  if (chromium === undefined && canUseApt()) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await timedStep('apt-get install chromium', async () => {
      await runCommand('apt-get', ['update', '-qq'], { env });
      await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env });
    });
    chromium = findProgram();
  }
  if (chromium === undefined) {
    throw new Error(
      'The webviews and the workbench are tested in Chromium or Google Chrome: install one (Debian: ' +
        'apt-get install chromium) or set CHROMIUM to its path. `npm test -- lint typecheck` runs without it.',
    );
  }
  execFileSync(chromium, ['--version'], { stdio: 'ignore' });
  return chromium;
}
