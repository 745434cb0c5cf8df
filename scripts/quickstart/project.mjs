import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folder for the project of a new quickstart. A project that is there is kept, finished or not.
 * @param again remove the first one and use its folder
 */
export function newProjectFolder(parent, again) {
  const first = join(parent, 'quickstart');
  if (again) rmSync(first, { recursive: true, force: true });
  for (let n = 1; ; n++) {
    const folder = n === 1 ? first : `${first}-${n}`;
    if (!existsSync(folder)) return folder;
  }
}
