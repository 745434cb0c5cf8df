import { readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { isFolder } from './folders.ts';
import { type PassedOver, whyPassedOver } from './passed-over.ts';

export interface FilesBelow {
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly passedOver: readonly PassedOver[];
}

/** A folder to look at. */
interface Visit {
  readonly folder: string;
  readonly real: string;
  /** Real paths of the folders from the first one to this one. */
  readonly way: readonly string[];
}

/**
 * Every file below a folder, at any depth. Links to folders are followed, except those that lead back up the way that led
 * to them; and no folder is looked at twice, so a circle of links ends.
 * @throws the file system's error, with its `path`, if a folder cannot be read
 */
export async function filesBelow(root: string): Promise<FilesBelow> {
  const files: string[] = [];
  const passedOver: PassedOver[] = [];
  const seen = new Set<string>();
  const first = await realpath(root);
  let visits: Visit[] = [{ folder: root, real: first, way: [first] }];
  while (visits.length > 0) {
    // Folders themselves come before links to them, so that files are found at their own paths.
    const links: Visit[] = [];
    // Folders that are found on the way are appended.
    for (const { folder, real, way } of visits) {
      if (seen.has(real)) continue;
      seen.add(real);
      const entries = await readdir(folder, { withFileTypes: true });
      for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const path = join(folder, entry.name);
        const reason = whyPassedOver(entry.name);
        if (reason !== undefined) {
          passedOver.push({ file: path, reason });
        } else if (entry.isDirectory()) {
          const below = join(real, entry.name);
          visits.push({ folder: path, real: below, way: [...way, below] });
        } else if (entry.isSymbolicLink() && (await isFolder(path))) {
          const target = await realpath(path);
          if (way.some((step) => isAtOrAbove(target, step))) {
            passedOver.push({ file: path, reason: 'a link that leads back up' });
          } else links.push({ folder: path, real: target, way: [...way, target] });
          // A broken link counts as a file: reading it reports the problem.
        } else files.push(path);
      }
    }
    visits = links;
  }
  return { files, passedOver };
}

function isAtOrAbove(folder: string, other: string): boolean {
  const way = relative(folder, other);
  return !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
}
