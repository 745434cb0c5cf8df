import { relative } from 'node:path';

/**
 * A path as it is written in the working folder; the path itself if that folder no longer exists.
 * @param path absolute
 */
export function fromWorkingFolder(path: string): string {
  try {
    return relative(process.cwd(), path) || '.';
  } catch (error) {
    if (isWorkingFolderGone(error)) return path;
    throw error;
  }
}

/** Whether the system has refused because the working folder was deleted, which it says of no path. */
export function isWorkingFolderGone(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return code === 'ENOENT' && syscall === 'uv_cwd';
}
