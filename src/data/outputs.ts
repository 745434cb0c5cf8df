/**
 * Files that users name, directly or by their folder. All of them are checked and written here, so that none takes the place
 * of something that this program did not write.
 */
import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '../project/disk/folders.ts';
import { realPath } from '../project/disk/real-path.ts';
import { fromWorkingFolder } from '../project/disk/working-folder.ts';
import { type Content, writeWhole } from '../project/disk/write-whole.ts';
import { UserError } from '../project/user-error.ts';
import { isOwnFile } from './own-files.ts';

/** A path that must not be written to. The user can name another. */
export class RefusedOutput extends UserError {}

/** A place that is not for outputs. */
export interface ReservedPlace {
  /** Whether a file, given by its path without links, belongs to the place. */
  has(file: string): Promise<boolean>;
  /** What the place is, after "it". */
  readonly what: string;
}

/** What a user named, and how to speak of it. */
export interface NamedOutput {
  /** The option as it was given, such as `--output out`. */
  readonly named: string;
  readonly kind: 'file' | 'folder';
  /** Absolute paths of the files to write. */
  readonly files: readonly string[];
}

/**
 * Checks that files may be written, before anything is.
 * @throws RefusedOutput if one lies in a reserved place, or would replace something that this program did not write
 */
export async function checkOutputs(output: NamedOutput, reserved: readonly ReservedPlace[]): Promise<void> {
  const { named, kind, files } = output;
  const other = `Name another ${kind}.`;
  for (const file of files) {
    const real = join(await realPath(dirname(file)), basename(file));
    for (const place of reserved) {
      if (await place.has(real))
        throw new RefusedOutput('output-reserved', `${named}: it ${place.what}. ${other}`);
    }
  }
  const foreign: string[] = [];
  for (const file of files) if (await isForeign(file)) foreign.push(file);
  const [first, ...others] = foreign;
  if (first === undefined) return;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new RefusedOutput('output-taken', `${named}: ${takenText(first)}${more}, or name another ${kind}.`);
}

/**
 * Writes a file whole or not at all, and its folder if necessary. It is first written to a folder of ours, so that nothing
 * half written is ever left in the user's.
 * @param staging folder that this process owns
 * @throws RefusedOutput if something that this program did not write has this name
 */
export async function writeOutput(path: string, content: Content, staging: string): Promise<void> {
  await makeFolder(dirname(path));
  if (await isForeign(path))
    throw new RefusedOutput('output-taken', `${takenText(path)}, or name another place.`);
  await makeFolder(staging);
  await writeWhole(path, content, staging);
}

const takenText = (file: string) =>
  `${fromWorkingFolder(file)} already exists, and it is not an unchanged output of dnw (earlier versions left no mark). Move or delete it`;

async function isForeign(path: string): Promise<boolean> {
  try {
    await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  return !(await isOwnFile(path));
}
