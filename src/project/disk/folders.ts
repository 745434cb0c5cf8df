import { stat } from 'node:fs/promises';

/** Whether a path is a folder, after links; false for one that leads nowhere or cannot be accessed. */
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

/** No entries, for the error of a folder that does not exist. @throws any other error */
export function noneIfMissing(error: unknown): [] {
  if (isMissing(error)) return [];
  throw error;
}
