import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

/**
 * A new folder, with its real path as child processes report it. It lives until the tests of the file have ended
 * (scripts/test/vitest-setup.mjs).
 */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dnw-test-')));
  folders.push(folder);
  return folder;
}

/** Deletes the folders that the tests of one file have made. */
export function removeTemporaryFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
