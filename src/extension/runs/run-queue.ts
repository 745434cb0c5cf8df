import * as vscode from 'vscode';
import { inertNotice } from '../../protocol/inert-text.ts';
import { showFailure } from '../failure.ts';
import type { Services } from '../services.ts';
import type { QueuedRun } from './new-run.ts';
import { isActive, type Run } from './run-state.ts';
import { progressText, runLabel, stageTitle, stateTitle } from './run-wording.ts';
import { beginRun, followRun, type StartedRun, startRun } from './start-run.ts';

/**
 * Starts runs of one stage one after the other, since they would compete for the processor. Resolves once the first has
 * begun. A run that fails or is stopped ends the queue, since the others would probably fail in the same way; a
 * notification then offers to continue. Runs that are still waiting when the window closes are offered by the next
 * window.
 */
export async function startRuns(services: Services, queue: readonly QueuedRun[]): Promise<void> {
  const [first] = queue;
  if (first === undefined) return;
  if (queue.length === 1) {
    await startRun(services, first.request, first.name);
    return;
  }
  const begun = await beginRun(services, first.request, first.name);
  const title = vscode.l10n.t(
    '{0}: {1} runs, one after the other',
    stageTitle(first.request.stage),
    queue.length,
  );
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  void vscode.window
    .withProgress(options, (progress, cancelled) => runThrough(services, queue, begun, progress, cancelled))
    .then(undefined, (error) => showFailure(services.log, error));
}

async function runThrough(
  services: Services,
  queue: readonly QueuedRun[],
  begun: StartedRun,
  progress: vscode.Progress<{ message: string; increment?: number }>,
  cancelled: vscode.CancellationToken,
): Promise<void> {
  const { waiting } = services;
  for (const [index, { request, name }] of queue.entries()) {
    const rest = queue.slice(index + 1);
    const run = index === 0 ? begun : await beginRun(services, request, name);
    const report = (how: string, increment = 0) =>
      progress.report({ message: queueText(name, index, queue, how), increment });
    report('', index === 0 ? 0 : 100 / queue.length);
    const { project } = request;
    await Promise.all([
      followRun(services, project, run, cancelled, ({ status }) => report(progressText(status))),
      rest.length === 0
        ? waiting.drop(begun.id)
        : waiting.keep(begun.id, { after: { project, runId: run.id }, rest }),
    ]);
    if (cancelled.isCancellationRequested) {
      await waiting.drop(begun.id);
      return;
    }
    const ended = services.runs.get(request.project, run.id);
    if (ended?.state === 'succeeded') continue;
    if (rest.length === 0) return;
    void offerAfterFailure(services, begun.id, name, ended, rest);
    return;
  }
}

/** Offers to start the runs that were waiting when the window was closed. */
export async function offerWaiting(services: Services): Promise<void> {
  const { runs, waiting } = services;
  const kept = waiting.all;
  if (kept.size === 0) return;
  await runs.refresh();
  for (const [queue, { after, rest }] of kept) {
    const run = runs.get(after.project, after.runId);
    const names = namesOf(rest);
    if (run === undefined || !isActive(run)) {
      const message = vscode.l10n.t('These runs had not started when the window was closed: {0}.', names);
      const start = vscode.l10n.t('Start Runs');
      void offerRest(services, queue, message, start, () => startRuns(services, rest));
    } else {
      const message = vscode.l10n.t(
        'These runs were waiting for {0} when the window was closed: {1}.',
        runLabel(run),
        names,
      );
      const start = vscode.l10n.t('Start Afterwards');
      void offerRest(services, queue, message, start, async () => {
        const last = await ended(services, run);
        if (last?.state === 'succeeded') await startRuns(services, rest);
        else await offerAfterFailure(services, queue, run.record?.name ?? run.id, last, rest);
      });
    }
  }
}

/** Resolves with the run once it is no longer active, whoever started it; undefined if it was deleted. */
function ended({ runs }: Services, { project, id }: Run): Promise<Run | undefined> {
  return new Promise((resolve) => {
    const look = () => {
      const run = runs.get(project, id);
      if (run !== undefined && isActive(run)) return;
      subscription.dispose();
      resolve(run);
    };
    const subscription = runs.onDidChange(look);
    look();
  });
}

/** Progress of a queue: "snow (1 of 3), 40 %; then fog, rain". */
function queueText(name: string, index: number, queue: readonly QueuedRun[], how: string): string {
  const now = vscode.l10n.t('{0} ({1} of {2})', name, index + 1, queue.length);
  const next = namesOf(queue.slice(index + 1));
  const done = [now, how].filter(Boolean).join(', ');
  return next === '' ? done : vscode.l10n.t('{0}; then {1}', done, next);
}

/** Reports that a run has not succeeded, and asks whether to start the runs that were waiting for it. */
function offerAfterFailure(
  services: Services,
  queue: string,
  name: string,
  run: Run | undefined,
  rest: readonly QueuedRun[],
): Promise<void> {
  const state = run ? stateTitle(run) : vscode.l10n.t('not started');
  const message = vscode.l10n.t('{0}: {1}. Not started: {2}.', name, state, namesOf(rest));
  return offerRest(services, queue, message, vscode.l10n.t('Start Runs'), () => startRuns(services, rest));
}

/** Asks whether to start the waiting runs. They are stored until the user has answered, and until they have begun. */
async function offerRest(
  services: Services,
  queue: string,
  message: string,
  label: string,
  start: () => Promise<void>,
): Promise<void> {
  try {
    if ((await vscode.window.showWarningMessage(inertNotice(message), label)) === label) await start();
    await services.waiting.drop(queue);
  } catch (error) {
    await showFailure(services.log, error);
  }
}

/** Maximum number of names shown. */
const MOST_NAMES = 5;

function namesOf(runs: readonly QueuedRun[]): string {
  const names = runs.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = runs.length - names.length;
  return [...names, ...(more > 0 ? [vscode.l10n.t('{0} more', more)] : [])].join(', ');
}
