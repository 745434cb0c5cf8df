import { readdir, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { RunOwner } from '../../protocol/run.ts';

/** How long a process on another machine may be silent before it counts as dead, in milliseconds. */
const SILENCE_MS = 120_000;
const OWNER_FILE = /^owner-(\d+)\.json$/;

export interface OwnerState {
  /** The n of `owner-<n>.json`; 0 if no process has worked on the run yet. */
  readonly generation: number;
  /** Absent if there is no owner, or if its file is not readable (yet). */
  readonly owner?: RunOwner;
  /** True if a process is working on the run now. */
  readonly active: boolean;
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
  const generation = Math.max(0, ...names.map((name) => Number(OWNER_FILE.exec(name)?.[1] ?? 0)));
  if (generation === 0) return { generation, active: false };
  const file = ownerFile(runFolder, generation);
  const silentFor = Date.now() - (await stat(file)).mtimeMs;
  const owner = parseOwner(await readFile(file, 'utf8'));
  // Half written: its process has just started, or died while starting.
  if (owner === undefined) return { generation, active: silentFor < SILENCE_MS };
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

function parseOwner(text: string): RunOwner | undefined {
  try {
    return JSON.parse(text) as RunOwner;
  } catch {
    return undefined;
  }
}
