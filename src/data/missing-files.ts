import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../project/disk/folders.ts';
import { writeWhole } from '../project/disk/write-whole.ts';

/**
 * Writes the files that a folder lacks, and the folder if necessary. Existing files are not changed.
 * @param names of all files
 * @param make content of a file, by the place of its name
 * @returns the number of files that were written
 */
export async function writeMissing(
  folder: string,
  names: readonly string[],
  make: (index: number) => Promise<Buffer>,
): Promise<number> {
  await makeFolder(folder);
  const present = new Set(await readdir(folder));
  let written = 0;
  for (const [index, name] of names.entries()) {
    if (present.has(name)) continue;
    await writeWhole(join(folder, name), await make(index));
    written++;
  }
  return written;
}
