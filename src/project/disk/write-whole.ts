/**
 * Writing files whole or not at all: under a temporary name, flushed, then renamed. A link with the file's name is replaced;
 * what it leads to is left alone.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MAX_CHUNK_BYTES } from './chunk-size.ts';

/** Names that no other program gives, so that what a killed process left can be removed. */
const PART = /^\.[0-9a-f]{16}\.dnw-part(\.v)?$/;

/** Whether a name is that of a file that was not written to its end. */
export const isPart = (name: string) => PART.test(name);

const partIn = (folder: string, id: string) => join(folder, `.${id}.dnw-part`);
/** A new name in a folder for pixels that are not kept; libvips goes by the ending. */
export const newPixelPart = (folder: string) => `${partIn(folder, newId())}.v`;
const newId = () => randomBytes(8).toString('hex');

/** A text, or bytes in one or more pieces. */
export type Content = string | Uint8Array | readonly Uint8Array[];

/**
 * Writes a file whole or not at all. Its folder must exist.
 * @param staging folder for the unfinished file, which this process owns (default: the file's own folder). If it is on
 *   another disk, the file is written where it belongs after all, under a name that depends on both folders, so that
 *   whoever owns `staging` next, and writes the file again, replaces what was left.
 * @throws the file system's error, with the file's path
 */
export async function writeWhole(path: string, content: Content, staging = dirname(path)): Promise<void> {
  try {
    await writeAndMove(partIn(staging, newId()), path, writing(content));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw withPath(error, path);
    const id = createHash('sha256').update(`${staging}\0${path}`).digest('hex').slice(0, 16);
    const part = partIn(dirname(path), id);
    await rm(part, { force: true });
    await writeAndMove(part, path, writing(content)).catch((failed: unknown) => {
      throw withPath(failed, path);
    });
  }
}

/**
 * Writes a file that is not known as a whole: it is there once `write` has written all of it. Its folder must exist.
 * @param write writes to the open file; if it returns false, nothing is left of the file
 * @returns what `write` returned
 * @throws what `write` throws; the file system's error, with the file's path
 */
export async function writeAsMade(
  path: string,
  write: (file: FileHandle) => Promise<boolean>,
): Promise<boolean> {
  try {
    return await writeAndMove(partIn(dirname(path), newId()), path, write);
  } catch (error) {
    throw withPath(error, path);
  }
}

/** What writes a content that is known as a whole. */
function writing(content: Content): (file: FileHandle) => Promise<boolean> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const pieces = bytes instanceof Uint8Array ? [bytes] : bytes;
  return async (file) => {
    for (const piece of pieces) {
      // One system call takes at most 2 GiB.
      for (let start = 0; start < piece.length; start += MAX_CHUNK_BYTES) {
        await file.writeFile(piece.subarray(start, start + MAX_CHUNK_BYTES));
      }
    }
    return true;
  };
}

/** @returns what `write` returns; where that is not true, nothing is left */
async function writeAndMove(
  part: string,
  path: string,
  write: (file: FileHandle) => Promise<boolean>,
): Promise<boolean> {
  try {
    const isWhole = await writePart(part, path, write);
    if (isWhole) await rename(part, path);
    else await rm(part, { force: true });
    return isWhole;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Like `writeWhole`, for a text that is written while the process ends. */
export function writeWholeSync(path: string, text: string): void {
  const part = partIn(dirname(path), newId());
  try {
    const file = openSync(part, 'wx');
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw withPath(error, path);
  }
}

/** Error codes of file systems without hard links. */
const NO_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Creates a file with its whole text, or not at all. However many processes try at the same time, exactly one succeeds.
 * @throws EEXIST if there is a file of that name; the file system's error, with the file's path
 */
export function createWholeSync(path: string, text: string): void {
  const part = partIn(dirname(path), newId());
  try {
    writeFileSync(part, text, { flag: 'wx', flush: true });
    linkSync(part, path);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code)) throw withPath(error, path);
    createInPlaceSync(path, text);
  } finally {
    rmSync(part, { force: true });
  }
}

function createInPlaceSync(path: string, text: string): void {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    throw withPath(error, path);
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    rmSync(path, { force: true });
    throw withPath(error, path);
  } finally {
    closeSync(file);
  }
}

/** @returns what `write` returns; the file is flushed only if that is true */
async function writePart(
  part: string,
  path: string,
  write: (file: FileHandle) => Promise<boolean>,
): Promise<boolean> {
  const file = await open(part, 'wx+');
  try {
    if (!(await write(file))) return false;
    const replaced = await stat(path).catch(() => undefined);
    if (replaced?.isFile()) await file.chmod(replaced.mode & 0o777);
    await file.sync();
    return true;
  } finally {
    await file.close();
  }
}

/** The error with a file's path: errors of an open file do not say which file it is. */
export function withPath(error: unknown, path: string): unknown {
  if (error instanceof Error && 'code' in error) Object.assign(error, { path });
  return error;
}
