import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { systemReason } from '../system-reason.ts';
import { UserError } from '../user-error.ts';

/** Largest small file that is read, in bytes: a larger one was not written by this program. */
const MAX_TEXT_BYTES = 64 * 2 ** 20;
/** The remedy for a file of this program's own. */
const REMEDY = 'Delete it, or put the right file in its place.';

/**
 * Opens a regular file, after links, for reading. A device or a named pipe may never end, and a folder has no bytes.
 * @param remedy what to do about anything else in its place, as a sentence
 * @throws ENOENT if there is none; UserError that names the file if it is something else or cannot be opened
 */
export async function openRegular(path: string, remedy: string = REMEDY): Promise<FileHandle> {
  let file: FileHandle;
  try {
    // Non-blocking, so that opening a named pipe does not wait for a writer.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
    throw refused(path, `cannot be opened: ${systemReason(error)}`, remedy);
  }
  const stats = await file.stat();
  if (stats.isFile()) return file;
  await file.close();
  throw refused(
    path,
    stats.isDirectory() ? 'it is a folder, not a file' : 'it is not a regular file',
    remedy,
  );
}

/**
 * Reads a small regular file as text.
 * @param remedy what to do about anything else in its place, as a sentence
 * @throws like `openRegular`; UserError if the file is too large
 */
export async function readText(path: string, remedy: string = REMEDY): Promise<string> {
  const file = await openRegular(path, remedy);
  try {
    const { size } = await file.stat();
    if (size > MAX_TEXT_BYTES) {
      throw refused(path, `it has ${size} bytes, and at most ${MAX_TEXT_BYTES} are read`, remedy);
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function refused(path: string, reason: string, remedy: string): UserError {
  return new UserError('unreadable', `${path}: ${reason}. ${remedy}`);
}
