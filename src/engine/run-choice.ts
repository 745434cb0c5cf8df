import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { projectPaths } from '../project/paths.ts';
import { listRuns } from '../project/runs/run-record.ts';
import { RUN_FILES, type RunRecord, type RunState } from '../protocol/run.ts';
import type { Stage } from '../protocol/stages.ts';
import { UsageError } from './exit-codes.ts';
import { findProjectFolder } from './project-choice.ts';

const RESUMABLE: readonly RunState[] = ['stopped', 'failed', 'interrupted'];

export interface LocatedRun {
  readonly projectFolder: string;
  readonly folder: string;
}

/**
 * A run that was named by its folder, from anywhere, or by its id.
 * @param project as given on the command line
 * @throws UsageError where there is no such run
 */
export function locateRun(reference: string, project: string | undefined): LocatedRun {
  const named = resolve(reference);
  if (existsSync(join(named, RUN_FILES.record))) {
    // <project>/runs/<id>
    const projectFolder = project === undefined ? dirname(dirname(named)) : findProjectFolder(project);
    return { projectFolder, folder: named };
  }
  const projectFolder = findProjectFolder(project);
  const folder = projectPaths(projectFolder).run(basename(reference));
  if (existsSync(join(folder, RUN_FILES.record))) return { projectFolder, folder };
  throw new UsageError(`${reference}: no such run. dnw runs lists those of this project.`);
}

/**
 * The newest run of a stage that can go on: begun, not finished, and without a process working on it.
 * @param matches what else must hold of it
 * @throws UsageError where there is none
 */
export async function latestResumableRun(
  project: string | undefined,
  stage: Stage,
  matches: (record: RunRecord) => boolean,
): Promise<LocatedRun> {
  const projectFolder = findProjectFolder(project);
  const runs = await listRuns(projectFolder);
  const latest = runs.find(
    ({ record, state }) => record?.stage === stage && RESUMABLE.includes(state) && matches(record),
  );
  if (latest !== undefined) return { projectFolder, folder: latest.folder };
  throw new UsageError(`No ${stage} run of this project can be resumed. dnw runs lists them all.`);
}
