import { readdir, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { RunOwner } from '../../protocol/run.ts';
import { safeParse } from '../../protocol/safe-parse.ts';
import { readText } from '../disk/regular-file.ts';
import { systemReason } from '../system-reason.ts';
import { UserError } from '../user-error.ts';

/** How long a process on another machine may be silent before it counts as dead, in milliseconds. */
const SILENCE_MS = 120_000;
const OWNER_FILE = /^owner-(.*)\.json$/;
/** More processes than ever worked on one run. */
const MOST_OWNERS = 1e6;

export interface OwnerState {
  /** The n of `owner-<n>.json`; 0 if no process has worked on the run yet. */
  readonly generation: number;
  /** Absent if there is no owner, or if its file is not readable (yet). */
  readonly owner?: RunOwner;
  /** True if a process is working on the run now. */
  readonly active: boolean;
  /** What is wrong with the files that say so, and what to do. Nobody may then take over the run. */
  readonly damage?: string;
}

export function ownerFile(runFolder: string, generation: number): string {
  return join(runFolder, `owner-${generation}.json`);
}

/** The process that is working on a run now, or was the last to do so. A folder that does not exist has no owner. */
export async function readOwner(runFolder: string): Promise<OwnerState> {
  const names = await readdir(runFolder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  let generation = 0;
  for (const name of names) {
    const written = OWNER_FILE.exec(name)?.[1];
    if (written === undefined) continue;
    const number = Number(written);
    if (!Number.isInteger(number) || number < 1 || number > MOST_OWNERS || String(number) !== written) {
      const file = join(runFolder, name);
      return {
        generation,
        active: false,
        damage: `${file}: no process of this run has such a number. Delete this file.`,
      };
    }
    generation = Math.max(generation, number);
  }
  if (generation === 0) return { generation, active: false };
  const file = ownerFile(runFolder, generation);
  let silentFor: number;
  let text: string;
  try {
    silentFor = Date.now() - (await stat(file)).mtimeMs;
    text = await readText(file);
  } catch (error) {
    const reason = error instanceof UserError ? error.message : `${file}: ${systemReason(error)}. Delete it.`;
    return { generation, active: false, damage: reason };
  }
  const owner = await parseOwner(text);
  // Half written: its process has just started, or died while starting.
  if (owner === undefined) return { generation, active: silentFor < SILENCE_MS };
  if (owner === 'damaged') {
    const damage = `${file}: it does not say which process works on this run. If none does, delete this file.`;
    return { generation, active: false, damage };
  }
  return { generation, owner, active: await isActive(owner, silentFor) };
}

async function isActive(owner: RunOwner, silentFor: number): Promise<boolean> {
  if (owner.released !== undefined) return false;
  if (owner.host !== hostname()) return silentFor < SILENCE_MS;
  if (!processExists(owner.pid)) return false;
  const status = await processStatus(owner.pid);
  if (status === undefined || owner.processStart === undefined) return true;
  return status.start === owner.processStart && !status.zombie;
}

interface ProcessStatus {
  /** When the process started, unique across restarts of the machine: the boot's id and the clock ticks since then. */
  start: string;
  /** True if the process has ended but its parent has not waited for it. */
  zombie: boolean;
}

/** What the system knows about a process on this machine; undefined if there is no `/proc` (proc(5)). */
export async function processStatus(pid: number): Promise<ProcessStatus | undefined> {
  try {
    const [boot, line] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The second field is the program's name in parentheses and may contain anything; the third is the state.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return { start: `${boot.trim()} ${fields[19]}`, zombie: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return undefined;
  }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** @returns undefined if the text is not JSON (yet) */
async function parseOwner(text: string): Promise<RunOwner | 'damaged' | undefined> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  // The extension reads owners as soon as the editor starts, when the schema library is not loaded yet.
  const { ownerSchema } = await import('./run-schemas.ts');
  return safeParse(ownerSchema, json).data ?? 'damaged';
}
