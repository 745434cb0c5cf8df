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

/** The latest run, and what is wrong with later ones that could not be looked at. */
interface LatestRun extends LocatedRun {
  readonly damages: readonly string[];
}

/**
 * Finds a run by its folder, from any working directory, or by its id.
 * @param project as given on the command line
 * @throws UsageError if there is no such run
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
  throw new UsageError(
    'unknown-run',
    `${reference}: no such run. To list the runs of this project: dnw runs`,
  );
}

/**
 * The newest undamaged run of a stage that can be resumed: started, not finished, and without a process working on it.
 * @param matches further condition that the run must meet
 * @throws UsageError if there is none
 */
export async function latestResumableRun(
  project: string | undefined,
  stage: Stage,
  matches: (record: RunRecord) => boolean,
): Promise<LatestRun> {
  const projectFolder = findProjectFolder(project);
  const runs = await listRuns(projectFolder);
  const found = runs.findIndex(
    ({ record, state, damage }) =>
      damage === undefined && record?.stage === stage && RESUMABLE.includes(state) && matches(record),
  );
  if (found >= 0) {
    const damages = runs.slice(0, found).flatMap(({ damage }) => damage ?? []);
    return { projectFolder, folder: runs[found]!.folder, damages };
  }
  throw new UsageError(
    'nothing-to-resume',
    `No ${stage} run of this project can be resumed. To list all runs: dnw runs`,
  );
}
