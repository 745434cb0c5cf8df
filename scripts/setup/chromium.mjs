import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand, timedStep } from './commands.mjs';

/** Chromium without its window, which takes a tenth less processor time, before those with one. */
const programs = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];
const macPrograms = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Debian's package of the first of them. */
const aptPackage = 'chromium-headless-shell';

/** Path of the Chromium that `CHROMIUM` names, or of one on the PATH; undefined if there is none. */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
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
  let chromium = findChromium();
  if (process.env.CHROMIUM && !isExecutable(chromium))
    throw new Error(`CHROMIUM names ${chromium}, which is not a program`);
  if (chromium === undefined && canUseApt()) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await timedStep(`apt-get install ${aptPackage}`, async () => {
      await runCommand('apt-get', ['update', '-qq'], { env });
      await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', aptPackage], { env });
    });
    chromium = findChromium();
  }
  if (chromium === undefined) {
    throw new Error(
      'The webviews and the workbench are tested in Chromium or Google Chrome: install one (Debian: ' +
        `apt-get install ${aptPackage}) or set CHROMIUM to its path. \`npm test -- lint typecheck\` runs without it.`,
    );
  }
  execFileSync(chromium, ['--version'], { stdio: 'ignore' });
  return chromium;
}
