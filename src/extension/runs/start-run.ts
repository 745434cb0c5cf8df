import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { newRunId, type RunRequest } from '../../project/run-launch.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import type { LaunchedRun } from '../engine/run-launcher.ts';
import { showFailure } from '../failure.ts';
import { SETTINGS } from '../identifiers.ts';
import type { Services } from '../services.ts';
import { deviceOverrides, setting } from '../settings.ts';
import { isActive, isResumable, type Run } from './run-state.ts';
import { progressText, runLabel, stageTitle } from './run-wording.ts';

/** What is to be run, without what the extension adds: the id, and what the settings say. */
export type NewRun = Omit<RunRequest, 'runId' | 'resume' | 'device' | 'threads' | 'tensorboard'>;

export interface StartedRun {
  readonly id: string;
  /** As of `launchRun`: rejects where the engine ended without leaving a run behind. */
  readonly ended: Promise<void>;
}

/**
 * Starts a run and shows its progress in a notification that can stop it.
 * @param name what the run is about, for its folder's name
 */
export async function startRun(services: Services, request: NewRun, name: string): Promise<StartedRun> {
  const runId = newRunId(request.stage, name.replace(/[^A-Za-z0-9._-]+/g, '-'), new Date());
  const { ended } = await launch(services, { ...request, runId }, `${stageTitle(request.stage)}: ${name}`);
  return { id: runId, ended };
}

/** Goes on with a run from its checkpoint. */
export async function resumeRun(services: Services, run: Run): Promise<void> {
  if (!isResumable(run) || run.record === undefined) {
    throw new Error(`${run.id} is ${run.state} and cannot be resumed`);
  }
  const request = { stage: run.record.stage, project: run.project, runId: run.id, resume: true };
  await launch(services, request, runLabel(run));
}

/** Asks a run to end after its present step. Works for runs on other machines too. */
export async function requestStop({ runs }: Pick<Services, 'runs'>, run: Run): Promise<void> {
  await writeFile(join(run.folder, RUN_FILES.stopRequest), '');
  await runs.refresh();
}

async function launch(services: Services, request: RunRequest, title: string): Promise<LaunchedRun> {
  const launched = await services.engine.launch({
    ...request,
    ...deviceOverrides(),
    tensorboard: setting<boolean>(SETTINGS.tensorBoard),
  });
  const ended = launched.ended
    .catch((error) => void showFailure(services.log, error))
    .then(() => services.runs.refresh());
  await services.runs.refresh();
  void showProgress(services, request, title, ended);
  return launched;
}

/**
 * Ends with the run, or when the user cancels; closing the window ends only the notification.
 * @param ended settles when the process has ended and its last words were read
 */
function showProgress(
  { runs }: Services,
  { project, runId: id }: RunRequest,
  title: string,
  ended: Promise<void>,
): Thenable<void> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, cancelled) => {
    let shown = 0;
    const report = ({ status }: Run) => {
      const at = status.progress;
      const percent = at === undefined || at.total <= 0 ? 0 : (100 * at.done) / at.total;
      const message = [progressText(status), at?.message].filter(Boolean).join(' — ');
      progress.report({ message, increment: Math.max(0, percent - shown) });
      shown = Math.max(shown, percent);
    };
    const subscription = runs.onDidChange(() => {
      const run = runs.get(project, id);
      if (run !== undefined && isActive(run)) report(run);
    });
    const stopped = new Promise<void>((asked) => {
      cancelled.onCancellationRequested(async () => {
        const run = runs.get(project, id);
        if (run !== undefined) await requestStop({ runs }, run);
        asked();
      });
    });
    await Promise.race([ended, stopped]);
    subscription.dispose();
  });
}
