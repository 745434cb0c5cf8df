import { join } from 'node:path';
import * as vscode from 'vscode';
import { writeWhole } from '../../project/disk/write-whole.ts';
import { newRunId, type RunRequest } from '../../project/runs/run-launch.ts';
import { UserError } from '../../project/user-error.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import { showFailure } from '../failure.ts';
import { SETTINGS } from '../identifiers.ts';
import type { Services } from '../services.ts';
import { deviceOverrides, setting, workersFor } from '../settings.ts';
import type { NewRun } from './new-run.ts';
import { isActive, isResumable, type Run } from './run-state.ts';
import { progressText, runLabel, stageTitle } from './run-wording.ts';

export interface StartedRun {
  readonly id: string;
  /** As returned by `launchRun`: rejects if the engine ended without leaving a run behind. */
  readonly ended: Promise<void>;
  /** Resolves after `ended` and the last reading of the run; errors have been shown, so it does not reject. */
  readonly settled: Promise<void>;
}

/**
 * Starts a run and shows its progress in a notification that can stop it.
 * @param name what the run works on, for its folder name
 */
export async function startRun(services: Services, request: NewRun, name: string): Promise<StartedRun> {
  const started = await beginRun(services, request, name);
  void showProgress(services, request.project, started, `${stageTitle(request.stage)}: ${name}`);
  return started;
}

/** Like `startRun`, for a caller that shows the progress itself. */
export function beginRun(services: Services, request: NewRun, name: string): Promise<StartedRun> {
  const runId = newRunId(request.stage, name.replace(/[^A-Za-z0-9._-]+/g, '-'), new Date());
  return launch(services, { ...request, runId });
}

/** Resumes a run from its checkpoint. */
export async function resumeRun(services: Services, run: Run): Promise<void> {
  if (!isResumable(run) || run.record === undefined) {
    throw new Error(`${run.id} is ${run.state} and cannot be resumed`);
  }
  const request = { stage: run.record.stage, project: run.project, runId: run.id, resume: true };
  void showProgress(services, run.project, await launch(services, request), runLabel(run));
}

/**
 * Asks a run to stop after its current step. Works for runs on other machines, too.
 * @throws UserError if its folder was deleted
 */
export async function requestStop({ runs }: Pick<Services, 'runs'>, run: Run): Promise<void> {
  try {
    await writeWhole(join(run.folder, RUN_FILES.stopRequest), '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UserError(
      'run-not-active',
      vscode.l10n.t('{0}: the run folder no longer exists, so there is nothing to stop.', run.id),
    );
  } finally {
    await runs.refresh();
  }
}

async function launch(services: Services, request: RunRequest): Promise<StartedRun> {
  const { ended } = await services.engine.launch({
    ...request,
    ...workersFor(request),
    ...deviceOverrides(),
    tensorboard: setting<boolean>(SETTINGS.tensorBoard),
  });
  const settled = ended
    .catch((error) => void showFailure(services.log, error))
    .then(() => services.runs.refresh());
  await services.runs.refresh();
  return { id: request.runId, ended, settled };
}

/** Shows the progress until the run ends or the user cancels it; closing the window only closes the notification. */
function showProgress(services: Services, project: string, run: StartedRun, title: string): Thenable<void> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, cancelled) => {
    let shown = 0;
    await followRun(services, project, run, cancelled, ({ status }) => {
      const at = status.progress;
      const percent = at === undefined || at.total <= 0 ? 0 : (100 * at.done) / at.total;
      const message = [progressText(status), at?.message].filter(Boolean).join(' — ');
      progress.report({ message, increment: Math.max(0, percent - shown) });
      shown = Math.max(shown, percent);
    });
  });
}

/**
 * Follows a run until it ends, or until the token has requested a stop.
 * @param report called with every change while the run is active
 */
export async function followRun(
  { runs, log }: Pick<Services, 'runs' | 'log'>,
  project: string,
  { id, settled }: StartedRun,
  cancelled: vscode.CancellationToken,
  report: (run: Run) => void,
): Promise<void> {
  const subscription = runs.onDidChange(() => {
    const run = runs.get(project, id);
    if (run !== undefined && isActive(run)) report(run);
  });
  const stopped = new Promise<void>((asked) => {
    cancelled.onCancellationRequested(async () => {
      const run = runs.get(project, id);
      try {
        if (run !== undefined) await requestStop({ runs }, run);
      } catch (error) {
        void showFailure(log, error);
      }
      asked();
    });
  });
  await Promise.race([settled, stopped]);
  subscription.dispose();
}
