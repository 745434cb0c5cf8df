import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../project/disk/folders.ts';
import { refuseLeadingOut } from '../../project/disk/leading-out.ts';
import { projectPaths } from '../../project/paths.ts';
import { type RunRequest, runArguments } from '../../project/runs/run-launch.ts';
import { UserError } from '../../project/user-error.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import type { NodeRuntime } from './node-runtime.ts';

export interface LaunchedRun {
  /** Absolute path of the run folder. */
  folder: string;
  pid: number;
  /**
   * Rejects with the end of the log if the engine ended without leaving a run behind (it could not even be loaded).
   * Resolves in every other case, since the run folder then has the outcome.
   */
  ended: Promise<void>;
}

/** Characters of the log that an error message quotes. */
const QUOTED_LOG = 2000;

/**
 * Starts a run as a separate process that outlives this one and writes its output to the run folder's log.
 * @param engine path of the engine's bundle
 * @throws UserError if the program cannot be started
 */
export async function launchRun(
  runtime: NodeRuntime,
  engine: string,
  request: RunRequest,
): Promise<LaunchedRun> {
  const folder = projectPaths(request.project).run(request.runId);
  await refuseLeadingOut(request.project, join(folder, RUN_FILES.log), runtime.environment);
  await makeFolder(folder);
  const log = await open(join(folder, RUN_FILES.log), 'a');
  try {
    const child = spawn(runtime.command, [engine, ...runArguments(request)], {
      cwd: request.project,
      detached: true,
      env: runtime.environment,
      stdio: ['ignore', log.fd, log.fd],
      windowsHide: true,
    });
    const exited = new Promise<void>((settle) => child.once('exit', () => settle()));
    await new Promise<void>((started, failed) => {
      child.once('spawn', started);
      child.once('error', failed);
    });
    child.unref();
    return { folder, pid: child.pid!, ended: exited.then(() => checkRunWasMade(folder)) };
  } catch (error) {
    await removeIfUnused(folder);
    throw new UserError(
      'no-engine',
      `${runtime.command} (${runtime.reason}) could not be started: ${error instanceof Error ? error.message : error}`,
    );
  } finally {
    await log.close();
  }
}

async function checkRunWasMade(folder: string): Promise<void> {
  // Deleted by the user in the meantime, or begun: either way there is nothing to report.
  if (!existsSync(folder) || existsSync(join(folder, RUN_FILES.events))) return;
  const log = await readFile(join(folder, RUN_FILES.log), 'utf8');
  await removeIfUnused(folder);
  throw new UserError(
    'engine-ended',
    `The engine ended before the run began.\n${log.slice(-QUOTED_LOG).trim()}`,
  );
}

/** Removes a run folder whose run never began. */
async function removeIfUnused(folder: string): Promise<void> {
  if (!existsSync(join(folder, RUN_FILES.events))) await rm(folder, { recursive: true, force: true });
}
