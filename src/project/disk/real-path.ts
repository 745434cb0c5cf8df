import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';

/**
 * Where a path leads once links are followed, even if there is nothing yet.
 * @throws the file system's error for links in a circle and folders that cannot be read
 */
export async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const parent = dirname(path);
  const link = await readlink(path).catch(() => undefined);
  if (link !== undefined) return realPath(resolve(parent, link));
  return parent === path ? path : join(await realPath(parent), basename(path));
}

/** Whether a path is a folder or lies below it, by their names alone. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
