import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm, timedStep } from './commands.mjs';
import { repository } from './paths.mjs';

function readPackages(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

/**
 * Why node_modules differs from package-lock.json, in words; undefined if they agree. npm writes
 * node_modules/.package-lock.json last, so an interrupted install has none.
 */
function staleReason() {
  const installedLock = join(repository, 'node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return 'node_modules is missing or incomplete';
  const wanted = readPackages(join(repository, 'package-lock.json'));
  const installed = readPackages(installedLock);
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = installed[path];
    // Optional packages for other platforms are in the lock file only.
    if (found === undefined && (entry.optional || entry.devOptional || entry.peer)) continue;
    if (found?.version !== entry.version || found?.integrity !== entry.integrity) {
      return `${path} is ${found?.version ?? 'missing'}, package-lock.json has ${entry.version}`;
    }
  }
  const extra = Object.keys(installed).find((path) => wanted[path] === undefined);
  return extra === undefined ? undefined : `${extra} is not in package-lock.json`;
}

/** Installs exactly what package-lock.json names, unless node_modules already contains it. */
export async function ensureDependencies() {
  const reason = staleReason();
  if (reason === undefined) return;
  await timedStep(`npm ci (${reason})`, () =>
    runNpm(['ci', '--include=dev', '--include=optional'], repository),
  );
}
