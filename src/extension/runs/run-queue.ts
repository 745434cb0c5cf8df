import * as vscode from 'vscode';
import { showFailure } from '../failure.ts';
import type { Services } from '../services.ts';
import { progressText, stageTitle, stateTitle } from './run-wording.ts';
import { beginRun, followRun, type NewRun, type StartedRun, startRun } from './start-run.ts';

export interface QueuedRun {
  readonly request: NewRun;
  /** What the run is about, for its folder's name and for people. */
  readonly name: string;
}

/**
 * Starts runs of one stage, each when the one before has succeeded: they would take the processor from each other.
 * Resolves once the first has begun. One that fails or is stopped ends the queue, since what it lacked the others
 * lack as well; a notification then offers to go on. What waits is lost with the window.
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
  for (const [index, { request, name }] of queue.entries()) {
    const rest = queue.slice(index + 1);
    const run = index === 0 ? begun : await beginRun(services, request, name);
    const report = (how: string, increment = 0) =>
      progress.report({ message: queueText(name, index, queue, how), increment });
    report('', index === 0 ? 0 : 100 / queue.length);
    await followRun(services, request.project, run, cancelled, ({ status }) => report(progressText(status)));
    if (cancelled.isCancellationRequested) return;
    const ended = services.runs.get(request.project, run.id);
    if (ended?.state === 'succeeded') continue;
    if (rest.length > 0) void offerRest(services, name, ended && stateTitle(ended.state), rest);
    return;
  }
}

/** "snow (1 of 3), 40 %; then fog, rain". */
function queueText(name: string, index: number, queue: readonly QueuedRun[], how: string): string {
  const now = vscode.l10n.t('{0} ({1} of {2})', name, index + 1, queue.length);
  const next = namesOf(queue.slice(index + 1));
  const done = [now, how].filter(Boolean).join(', ');
  return next === '' ? done : vscode.l10n.t('{0}; then {1}', done, next);
}

async function offerRest(
  services: Services,
  name: string,
  state: string | undefined,
  rest: readonly QueuedRun[],
): Promise<void> {
  const goOn = vscode.l10n.t('Start Them');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0}: {1}. Not started: {2}.', name, state ?? vscode.l10n.t('not begun'), namesOf(rest)),
    goOn,
  );
  if (chosen !== goOn) return;
  try {
    await startRuns(services, rest);
  } catch (error) {
    await showFailure(services.log, error);
  }
}

/** Names shown at most. */
const MOST_NAMES = 5;

function namesOf(runs: readonly QueuedRun[]): string {
  const names = runs.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = runs.length - names.length;
  return [...names, ...(more > 0 ? [vscode.l10n.t('{0} more', more)] : [])].join(', ');
}
