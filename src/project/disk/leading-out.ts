/** A project must not make the program write elsewhere: links and names in it may come from somebody else. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../user-error.ts';
import { isFolder, noneIfMissing } from './folders.ts';
import { isWithin, realPath } from './real-path.ts';

/**
 * Refuses a path that leads out of a folder once links are followed.
 * @returns where the path leads
 * @throws UserError that names the path and the place
 */
export async function refuseLeadingOut(folder: string, path: string): Promise<string> {
  const root = await realPath(folder);
  const real = await realPath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ELOOP') return 'nowhere: its links form a circle';
    throw error;
  });
  if (isWithin(root, real)) return real;
  throw new UserError(
    'outside-project',
    `${path}: nothing is written there, since it leads out of ${folder}, to ${real}. Put a folder in the place of the link, or move the whole project there.`,
  );
}

/**
 * Refuses links that lead out of a project from folders that are written to. Links to files pass unless `files` is set:
 * writing a file whole replaces the link.
 * @param folders absolute paths in the project; those that do not exist are skipped
 * @throws UserError that names the first such link
 */
export async function refuseLinksOut(
  project: string,
  folders: readonly string[],
  { files = false } = {},
): Promise<void> {
  const seen = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    const real = await refuseLeadingOut(project, path);
    if (seen.has(real)) return;
    seen.add(real);
    for (const entry of await readdir(real, { withFileTypes: true }).catch(noneIfMissing)) {
      const child = join(path, entry.name);
      if (entry.isDirectory() || (entry.isSymbolicLink() && (files || (await isFolder(child))))) {
        await visit(child);
      }
    }
  };
  for (const folder of folders) await visit(folder);
}
