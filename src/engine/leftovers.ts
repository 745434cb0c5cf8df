import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { noneIfMissing } from '../project/disk/folders.ts';
import { isPart } from '../project/disk/write-whole.ts';
import { projectPaths } from '../project/paths.ts';
import { ownerFile, readOwner } from '../project/runs/run-owner.ts';
import { hasActiveClaim, isWorkedOn } from '../project/runs/run-units.ts';

/**
 * Removes what killed processes have left half written: in a run folder that this process owns, and in the project's other
 * folders while no other run is active.
 */
export async function removeLeftovers(project: string, run: string): Promise<void> {
  // A process that takes part in this run may be writing what looks like it.
  if (await hasActiveClaim(run)) return;
  await removeParts(run, Number.POSITIVE_INFINITY);
  const { runs, made } = projectPaths(project);
  const names = await namesIn(runs);
  const others = names.filter((name) => name !== basename(run)).map((name) => join(runs, name));
  for (const other of others) if (await isActive(other)) return;
  // A run that begins meanwhile owns its folder later than this one, and writes later still.
  const { mtimeMs } = await stat(ownerFile(run, (await readOwner(run)).generation));
  // Nobody resumes a run whose process was killed at its very end.
  for (const folder of [...others, ...made]) await removeParts(folder, mtimeMs);
}

async function removeParts(folder: string, before: number): Promise<void> {
  for (const path of await namesIn(folder, true)) {
    if (!isPart(basename(path))) continue;
    const part = join(folder, path);
    const written = await stat(part).catch(() => undefined);
    if (written?.isFile() && written.mtimeMs < before) await rm(part, { force: true });
  }
}

/** A folder that cannot be read is not one of a run that ended: whoever made it may be at work. */
const isActive = (run: string) =>
  isWorkedOn(run).catch((error: NodeJS.ErrnoException) => error.code !== 'ENOTDIR');

const namesIn = (folder: string, recursive = false): Promise<string[]> =>
  readdir(folder, { recursive }).catch(noneIfMissing);
