import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeFolder } from '../project/disk/folders.ts';
import { writeWhole } from '../project/disk/write-whole.ts';
import { newRunId } from '../project/runs/run-launch.ts';
import { RunLock } from '../project/runs/run-lock.ts';
import { sealRecord } from '../project/runs/run-record.ts';
import { systemReason } from '../project/system-reason.ts';
import { UserError } from '../project/user-error.ts';
import { RUN_FILES, type RunRecord, type RunResult } from '../protocol/run.ts';
import { UsageError } from './exit-codes.ts';

const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/** Content of a new run's record, before id, time and format version are added. */
export type NewRunRecord = Omit<RunRecord, 'version' | 'id' | 'created' | 'checksum'>;

/** A run folder that this process owns. */
export interface OwnedRun {
  /** Absolute path. */
  readonly folder: string;
  readonly record: RunRecord;
  readonly lock: RunLock;
  /** True if the run was started by an earlier process. */
  readonly resumed: boolean;
}

/**
 * Creates a run folder and its `run.json`.
 * @param id name of the folder, which may already contain the log and a stop request from the process that started
 *   this one. Without an id, a new one is chosen.
 * @throws UsageError if the run already exists
 */
export async function createRun(runsFolder: string, record: NewRunRecord, id?: string): Promise<OwnedRun> {
  const folder = id === undefined ? await newFolder(runsFolder, record) : await givenFolder(runsFolder, id);
  const lock = await RunLock.acquire(folder);
  const file = join(folder, RUN_FILES.record);
  if (existsSync(file)) {
    lock.release();
    throw new UsageError(
      'run-exists',
      `${folder}: this run already exists. Continue it with --resume ${id}, or choose another --run-id.`,
    );
  }
  const { stage, name, ...rest } = record;
  const whole = sealRecord({ version: 1, id: basename(folder), stage, name, created: Date.now(), ...rest });
  await writeWhole(file, `${JSON.stringify(whole, undefined, 2)}\n`);
  return { folder, record: whole, lock, resumed: false };
}

/**
 * Takes over a run that another process started and no longer works on.
 * @throws UserError if a process is working on it
 */
export async function resumeRun(folder: string, record: RunRecord): Promise<OwnedRun> {
  const lock = await RunLock.acquire(folder);
  try {
    await forgetStopRequest(join(folder, RUN_FILES.stopRequest));
  } catch (error) {
    lock.release();
    throw error;
  }
  return { folder, record, lock, resumed: true };
}

/** Writes `result.json` atomically. */
export async function writeResult(run: OwnedRun, result: RunResult): Promise<void> {
  await writeWhole(join(run.folder, RUN_FILES.result), `${JSON.stringify(result, undefined, 2)}\n`);
}

async function newFolder(runsFolder: string, { stage, name }: NewRunRecord): Promise<string> {
  const id = newRunId(stage, name, new Date());
  await makeFolder(runsFolder);
  for (let attempt = 1; ; attempt++) {
    const folder = join(runsFolder, attempt === 1 ? id : `${id}-${attempt}`);
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      // Another run of this name started in the same second.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

async function givenFolder(runsFolder: string, id: string): Promise<string> {
  const folder = runFolderOf(runsFolder, id);
  await makeFolder(folder);
  return folder;
}

/** @throws UsageError if the id is not a valid folder name */
export function runFolderOf(runsFolder: string, id: string): string {
  if (!RUN_ID.test(id)) {
    throw new UsageError(
      'bad-option-value',
      `--run-id ${JSON.stringify(id)}: a run id begins with a letter or digit, and consists of at most 200 letters, digits, dots, dashes and underscores (ASCII only).`,
    );
  }
  return join(runsFolder, id);
}

/** Removes a stop request that was meant for the previous process. */
async function forgetStopRequest(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw new UserError(
      'unreadable',
      `${file}: cannot be deleted: ${systemReason(error)}. Delete it, then resume.`,
    );
  }
}
