import { join } from 'node:path';
import * as vscode from 'vscode';
import { projectPaths } from '../../project/paths.ts';
import { RunTail } from '../../project/run-record.ts';
import type { RunEvent } from '../../protocol/events.ts';
import type { RunRecord } from '../../protocol/run.ts';
import {
  type RunHeader,
  type RunTarget,
  type RunUpdate,
  type RunViewState,
  runView,
} from '../../protocol/webview.ts';
import { showRunLog } from '../runs/run-commands.ts';
import { isActive, isResumable, type Run } from '../runs/run-state.ts';
import { runLabel } from '../runs/run-wording.ts';
import { requestStop, resumeRun } from '../runs/start-run.ts';
import type { Services } from '../services.ts';
import { Pacer } from './pacer.ts';
import type { PanelConnection } from './panel-connection.ts';
import { hasStrings } from './panel-target.ts';
import type { PanelKind } from './panels.ts';
import { runPoints } from './run-points.ts';

export function runPanelKind(services: Services): PanelKind<RunTarget> {
  return {
    view: 'run',
    title: ({ project, runId }) => {
      const run = services.runs.get(project, runId);
      return run === undefined ? runId : runLabel(run);
    },
    key: ({ project, runId }) => projectPaths(project).run(runId),
    pictureFolders: ({ project, runId }) => [projectPaths(project).run(runId)],
    isTarget: (kept): kept is RunTarget => hasStrings(kept, ['project', 'runId']),
    attach: (connection, target) => attach(services, connection, target),
  };
}

function attach(services: Services, connection: PanelConnection, target: RunTarget): void {
  const { runs } = services;
  const { webview } = connection.panel;
  const folder = projectPaths(target.project).run(target.runId);
  const present = () => runs.get(target.project, target.runId);
  let tail = new RunTail(folder);
  let shown: RunViewState['kind'] = 'loading';

  const readOn = async (run: BegunRun, from: RunTail): Promise<RunUpdate> => {
    const { samples, ...points } = runPoints(await restOf(from));
    const header = headerOf(run, from.skippedLines);
    const uri = (file: string) =>
      webview.asWebviewUri(vscode.Uri.joinPath(vscode.Uri.file(folder), ...file.split('/'))).toString();
    return {
      header,
      samples: samples.map(({ step, concept, label, file, time }) => ({
        step,
        concept,
        label,
        uri: uri(file),
        time,
      })),
      ...points,
    };
  };
  const readWhole = async (): Promise<RunViewState> => {
    tail = new RunTail(folder);
    const run = present();
    const state: RunViewState = hasBegun(run)
      ? { kind: 'ready', ...(await readOn(run, tail)) }
      : stateWithoutRecord(services, run);
    shown = state.kind;
    return state;
  };
  const pacer = new Pacer(
    async () => {
      const run = present();
      if (run !== undefined) connection.panel.title = runLabel(run);
      if (!connection.listening) return;
      if (hasBegun(run) && shown === 'ready') {
        const from = tail;
        const update = await readOn(run, from);
        // Where the page was made anew meanwhile, it has been given these events already.
        if (from === tail) connection.notify(runView.updated, update);
      } else {
        connection.notify(runView.stateChanged, await readWhole());
      }
    },
    (error) => services.log.error(`${folder}: ${error}`),
  );

  connection.closeWithPanel(
    pacer,
    runs.onDidChange(() => pacer.request()),
  );
  connection.onConnect(runView.connect, target, readWhole);
  const onRun = (action: (run: Run) => Promise<void>) => async () => {
    const run = present();
    if (run === undefined) throw new Error(vscode.l10n.t('The run has been deleted.'));
    await action(run);
  };
  connection.onRequest(
    runView.stop,
    onRun((run) => requestStop(services, run)),
  );
  connection.onRequest(
    runView.resume,
    onRun((run) => resumeRun(services, run)),
  );
  connection.onRequest(runView.showLog, onRun(showRunLog));
  connection.onRequest(runView.reveal, async () => {
    await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(folder));
  });
  connection.onRequest(runView.openArtifact, async ({ file }) => {
    await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(join(target.project, file)));
  });
}

async function restOf(tail: RunTail): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  do for (const event of await tail.read()) events.push(event);
  while (tail.behind);
  return events;
}

type BegunRun = Run & { readonly record: RunRecord };

function hasBegun(run: Run | undefined): run is BegunRun {
  return run?.record !== undefined;
}

/** What to show of a run that is deleted, is starting, or ended before it could say what it is. */
function stateWithoutRecord({ projects }: Services, run: Run | undefined): RunViewState {
  if (run === undefined) {
    if (!projects.loaded) return { kind: 'loading' };
    return { kind: 'empty', message: vscode.l10n.t('The run has been deleted.') };
  }
  if (run.damage !== undefined) return { kind: 'error', message: run.damage };
  if (isActive(run)) return { kind: 'loading' };
  return {
    kind: 'error',
    message: run.status.error ?? vscode.l10n.t('The engine ended before the run began.'),
  };
}

function headerOf(run: BegunRun, damagedLines: number): RunHeader {
  const { record, status, id, state, stopping } = run;
  const { stage, name, created, training, concept } = record;
  const { device, deviceReason, seconds, error, progress, parts } = status;
  return {
    runId: id,
    stage,
    name,
    state,
    created,
    training,
    concept,
    device,
    deviceReason,
    progress,
    parts,
    seconds,
    error,
    stopping: stopping && isActive(run),
    resumable: isResumable(run),
    damagedLines,
  };
}
