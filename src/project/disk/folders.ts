import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whether a path is a folder, after links; false for one that points to nothing or cannot be accessed. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** Whether an error of the file system says that something does not exist. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/**
 * Makes a folder and those above it, unless they exist.
 * @throws the file system's error, with the path
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // On a read-only file system, Node.js says that the new folder is missing. Making only that folder fails with the actual reason.
    const parent = dirname(path);
    if (parent !== path) await makeFolder(parent);
    await mkdir(path);
  }
}

/** No entries, for the error of a folder that does not exist. @throws any other error */
export function noneIfMissing(error: unknown): [] {
  if (isMissing(error)) return [];
  throw error;
}
