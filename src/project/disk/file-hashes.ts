/**
 * Hashes of files, with a memo in the project's cache so that a file is read again only if its stamp is another. The memo is
 * a shortcut and nothing else: without it, or in a copy of the project, where every file has new times, the hashes are the
 * same and only take longer.
 */

import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { safeParse } from '../../protocol/safe-parse.ts';
import { projectPaths, toProjectPath } from '../paths.ts';
import { UserError } from '../user-error.ts';
import { hashFile } from './file-hash.ts';
import { fileStamp } from './file-stamp.ts';
import { isMissing, makeFolder } from './folders.ts';
import { readText } from './regular-file.ts';
import { writeWhole } from './write-whole.ts';

/**
 * A file that was changed less than this many milliseconds before it was hashed is not remembered: file systems count time
 * in steps of up to two seconds, so that another change may leave the same stamp.
 */
const SETTLED_AFTER = 2500;
const MEBIBYTE = 2 ** 20;
/** Error codes of a place that cannot be written to, such as a read-only disk: hashes are then not remembered. */
const NOT_WRITABLE: ReadonlySet<unknown> = new Set(['EROFS', 'EACCES', 'EPERM']);

const VERSION = 1;
const memoSchema = z.object({
  version: z.literal(VERSION),
  /** Stamp and SHA-256 by path, relative to the project folder. */
  files: z.record(z.string(), z.tuple([z.array(z.number()), z.string()])),
});
type Memo = Map<string, z.output<typeof memoSchema>['files'][string]>;

/** The hashes of files as they are at one time: each file is looked at once. */
export class FileHashes {
  readonly #seen = new Map<string, Promise<{ readonly hash: string; readonly stamp: string }>>();
  #isChanged = false;

  private constructor(
    private readonly project: string,
    private readonly memo: Memo,
  ) {}

  /** @param project the project's folder, absolute */
  static async open(project: string): Promise<FileHashes> {
    return new FileHashes(project, await readMemo(memoFile(project)));
  }

  /**
   * SHA-256 of a file, hexadecimal; for a file that is not read, why: its size if that is above the limit, or the error's code.
   * @param most the largest size that is read, in mebibytes
   */
  async of(path: string, most = Number.POSITIVE_INFINITY): Promise<string> {
    let seen = this.#seen.get(path);
    if (!seen) {
      seen = this.#look(path, most);
      this.#seen.set(path, seen);
    }
    return (await seen).hash;
  }

  /**
   * Checks that a file is still the one that was hashed.
   * @throws UserError if it has been changed since
   */
  async confirm(path: string): Promise<void> {
    const seen = await this.#seen.get(path);
    if (seen === undefined || seen.stamp === JSON.stringify(await fileStamp(path))) return;
    throw new UserError(
      'changed-inputs',
      `${path}: changed while pairs were being prepared from it. Run the stage again.`,
    );
  }

  /** Remembers the hashes for the next time. */
  async save(): Promise<void> {
    if (!this.#isChanged) return;
    const file = memoFile(this.project);
    try {
      await makeFolder(dirname(file));
      await writeWhole(file, JSON.stringify({ version: VERSION, files: Object.fromEntries(this.memo) }));
      this.#isChanged = false;
    } catch (error) {
      if (!NOT_WRITABLE.has((error as NodeJS.ErrnoException).code)) throw error;
    }
  }

  async #look(path: string, most: number): Promise<{ hash: string; stamp: string }> {
    const now = Date.now();
    const stamp = await fileStamp(path);
    const found = { stamp: JSON.stringify(stamp) };
    if (stamp === undefined) return { ...found, hash: await whyUnseen(path) };
    const name = toProjectPath(this.project, path);
    const known = this.memo.get(name);
    if (known && JSON.stringify(known[0]) === found.stamp) return { ...found, hash: known[1] };
    const [size, mtime, ctime] = stamp as [number, number, number];
    // Devices and pipes may never end, and folders have no bytes.
    if (!(await stat(path)).isFile()) return { ...found, hash: 'not a regular file' };
    if (size > most * MEBIBYTE) return { ...found, hash: `${size} bytes` };
    try {
      const hash = await hashFile(path);
      if (Math.max(mtime, ctime) < now - SETTLED_AFTER) {
        this.memo.set(name, [[...stamp], hash]);
        this.#isChanged = true;
      }
      return { ...found, hash };
    } catch (error) {
      const { cause = error } = error as Error;
      return { ...found, hash: `${(cause as NodeJS.ErrnoException).code}` };
    }
  }
}

const memoFile = (project: string) => join(projectPaths(project).cache, 'file-hashes.json');

async function readMemo(path: string): Promise<Memo> {
  try {
    const memo = safeParse(memoSchema, JSON.parse(await readText(path)));
    return new Map(memo.success ? Object.entries(memo.data.files) : []);
  } catch (error) {
    // Damaged, or not a file of this program's: everything is hashed again.
    if (isMissing(error) || error instanceof SyntaxError || error instanceof UserError) return new Map();
    throw error;
  }
}

async function whyUnseen(path: string): Promise<string> {
  try {
    await stat(path);
    return 'unknown';
  } catch (error) {
    return `${(error as NodeJS.ErrnoException).code}`;
  }
}
