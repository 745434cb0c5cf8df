/** Keeps a project from making the program write elsewhere: links and names in it may come from somebody else. */
import { readdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { UserError } from '../user-error.ts';
import { isFolder, noneIfMissing } from './folders.ts';
import { isWithin, realPath } from './real-path.ts';

/**
 * The environment variable in which users name folders, absolute and separated as in PATH, that links in their projects
 * may point to. It is not part of a project, which may be somebody else's.
 */
export const OUTSIDE_FOLDERS = 'DNW_OUTSIDE_FOLDERS';

/**
 * The folders that links may point to, with their own links followed.
 * @throws UserError if one is not absolute
 */
export async function outsideFolders(environment: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const named = (environment[OUTSIDE_FOLDERS] ?? '').split(delimiter).filter((folder) => folder !== '');
  const relative = named.find((folder) => !isAbsolute(folder));
  if (relative !== undefined) {
    throw new UserError(
      'outside-project',
      `${OUTSIDE_FOLDERS}: "${relative}" is not an absolute path. Name folders by their absolute paths, separated by "${delimiter}".`,
    );
  }
  return Promise.all(named.map(realPath));
}

/**
 * Refuses a path that is outside a folder once links are followed, unless the user allows the place.
 * @param environment where `OUTSIDE_FOLDERS` is looked up
 * @returns where the path leads
 * @throws UserError that names the path and the place
 */
export async function refuseLeadingOut(
  folder: string,
  path: string,
  environment?: NodeJS.ProcessEnv,
): Promise<string> {
  const root = await realPath(folder);
  const real = await realPath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ELOOP') return 'nowhere: its links form a circle';
    throw error;
  });
  if (isWithin(root, real)) return real;
  if ((await outsideFolders(environment)).some((allowed) => isWithin(allowed, real))) return real;
  throw new UserError(
    'outside-project',
    `${path}: nothing is written there, because a link points outside ${folder}, to ${real}. Replace the link with a folder, or name its target in ${OUTSIDE_FOLDERS} (in the editor: setting denoisedWeights.outsideFolders) if the link is your own.`,
  );
}

/**
 * Refuses links to places outside the project in folders that are written to. Links to files pass unless `files` is set:
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
