/**
 * The units of a run: independent pieces of its work, such as the concepts of a zoo, which any process that sees the run's
 * folder may take. There is no server: what is taken, done or failed is a file.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_FILES } from '../../protocol/run.ts';
import { noneIfMissing } from '../disk/folders.ts';
import { readOwner } from './run-owner.ts';

export interface UnitPaths {
  /** The names of all units, in order. */
  readonly plan: string;
  /** One folder for each unit that a process has taken and not finished, with the files of its owners. */
  readonly claims: string;
  /** `<unit>.json`: the results of units that are done, each written once. */
  readonly done: string;
  /** `<unit>.<n>.json`: why the n-th attempt at a unit failed. */
  readonly failed: string;
}

export function unitPaths(runFolder: string): UnitPaths {
  const units = join(runFolder, RUN_FILES.units);
  return {
    plan: join(units, 'plan.json'),
    claims: join(units, 'claims'),
    done: join(units, 'done'),
    failed: join(units, 'failed'),
  };
}

/** Whether a process is working on a run now: its owner, or one that has taken a unit of it. */
export async function isWorkedOn(runFolder: string): Promise<boolean> {
  return (await readOwner(runFolder)).active || hasActiveClaim(runFolder);
}

/** Whether a process has taken a unit of a run and is at work on it. */
export async function hasActiveClaim(runFolder: string): Promise<boolean> {
  const { claims } = unitPaths(runFolder);
  for (const entry of await readdir(claims, { withFileTypes: true }).catch(noneIfMissing)) {
    if (entry.isDirectory() && (await readOwner(join(claims, entry.name))).active) return true;
  }
  return false;
}
