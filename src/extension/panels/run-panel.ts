import { join } from 'node:path';
import * as vscode from 'vscode';
import { stringify } from 'yaml';
import { projectPaths } from '../../project/paths.ts';
import { RUN_FILES, type RunRecord } from '../../protocol/run.ts';
import type { RunReference } from '../../protocol/webview/common.ts';
import {
  type OverlaidRun,
  type RunHeader,
  type RunOrigin,
  type RunTarget,
  type RunUpdate,
  type RunViewState,
  runView,
} from '../../protocol/webview/run.ts';
import { COMMANDS } from '../identifiers.ts';
import { checkComparable, comparableRuns, pickComparableRuns } from '../runs/choose-runs.ts';
import { evaluationOf } from '../runs/evaluations.ts';
import { showRunLog } from '../runs/run-log.ts';
import { isActive, isResumable, type Run } from '../runs/run-state.ts';
import { runLabel } from '../runs/run-wording.ts';
import { requestStop, resumeRun } from '../runs/start-run.ts';
import type { Services } from '../services.ts';
import { isRunList, overlaidOn } from './overlaid-runs.ts';
import { Pacer } from './pacer.ts';
import type { PanelConnection } from './panel-connection.ts';
import { hasStrings } from './panel-target.ts';
import type { PanelKind } from './panels.ts';
import { RunsReader, runKey } from './run-reader.ts';
import { referenceOf } from './run-reference.ts';
import { saveFile } from './save-file.ts';

export function runPanelKind(services: Services): PanelKind<RunTarget> {
  const asked = new vscode.EventEmitter<RunTarget>();
  return {
    view: 'run',
    title: (target) => titleOf(services, target),
    key: runKey,
    pictureFolders: (target) => [runKey(target)],
    isTarget: (kept): kept is RunTarget =>
      hasStrings(kept, ['project', 'runId']) && (!('overlaid' in kept) || isRunList(kept.overlaid)),
    attach: (connection, target) => attach(services, connection, target, asked.event),
    showAgain: (target) => asked.fire(target),
  };
}

/** A panel that shows several runs says so in its title. */
function titleOf(services: Services, { project, runId, overlaid = [] }: RunTarget): string {
  const run = services.runs.get(project, runId);
  const label = run === undefined ? runId : runLabel(run);
  return overlaid.length === 0 ? label : vscode.l10n.t('{0} and {1} more', label, overlaid.length);
}

/** @param asked fires where a panel that is open is to show another comparison */
function attach(
  services: Services,
  connection: PanelConnection,
  target: RunTarget,
  asked: vscode.Event<RunTarget>,
): void {
  const { runs } = services;
  const { webview } = connection.panel;
  const folder = projectPaths(target.project).run(target.runId);
  const find = ({ project, runId }: RunReference) => runs.get(project, runId);
  const present = () => find(target);
  let overlaid = overlaidOn(target, target.overlaid ?? []);
  let reader = new RunsReader(target);
  let shown: RunViewState['kind'] = 'loading';

  const overlaidNow = () => overlaid.filter((other) => hasBegun(find(other)));
  const readOn = async (run: BegunRun, from: RunsReader): Promise<RunUpdate> => {
    const { points, damaged, overlaid: others } = await from.read(overlaidNow());
    const { samples, ...rest } = points;
    const uri = (file: string) =>
      webview.asWebviewUri(vscode.Uri.joinPath(vscode.Uri.file(folder), ...file.split('/'))).toString();
    return {
      header: headerOf(run),
      samples: samples.map(({ step, concept, label, file, time }) => ({
        step,
        concept,
        label,
        uri: uri(file),
        time,
      })),
      ...rest,
      damaged,
      overlays: others.flatMap((other): OverlaidRun[] => {
        const known = find(other);
        // Deleted while it was read.
        if (!hasBegun(known)) return [];
        const { stage, name, created } = known.record;
        return [{ ...other, stage, name, created, state: known.state }];
      }),
    };
  };
  const readWhole = async (): Promise<RunViewState> => {
    reader = new RunsReader(target);
    const run = present();
    const state: RunViewState = hasBegun(run)
      ? { kind: 'ready', origin: originOf(run.record), ...(await readOn(run, reader)) }
      : stateWithoutRecord(services, run);
    shown = state.kind;
    return state;
  };
  const pacer = new Pacer(
    async () => {
      connection.panel.title = titleOf(services, { ...target, overlaid: overlaidNow() });
      const run = present();
      if (!connection.listening) return;
      if (hasBegun(run) && shown === 'ready') {
        const from = reader;
        const update = await readOn(run, from);
        // Where the page was made anew meanwhile, it has been given these events already.
        if (from === reader) connection.notify(runView.updated, update);
      } else {
        connection.notify(runView.stateChanged, await readWhole());
      }
    },
    (error) => services.log.error(`${folder}: ${error}`),
  );
  const overlay = (others: readonly RunReference[]) => {
    overlaid = overlaidOn(target, others);
    pacer.request();
  };

  connection.closeWithPanel(
    pacer,
    runs.onDidChange(() => pacer.request()),
    asked((again) => {
      if (runKey(again) === folder && again.overlaid !== undefined) overlay(again.overlaid);
    }),
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
  connection.onRequest(
    runView.showComparison,
    onRun(async (run) => {
      await vscode.commands.executeCommand(COMMANDS.showComparison, run);
    }),
  );
  connection.onRequest(runView.showLog, onRun(showRunLog));
  connection.onRequest(runView.reveal, async () => {
    await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(folder));
  });
  connection.onRequest(runView.openArtifact, async ({ file }) => {
    await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(join(target.project, file)));
  });
  connection.onRequest(
    runView.copyConfig,
    onRun(async ({ record }) => {
      if (record !== undefined) await vscode.env.clipboard.writeText(originOf(record).config);
    }),
  );
  connection.onRequest(runView.showEvents, async (line) => {
    const selection = new vscode.Range(line - 1, 0, line - 1, 0);
    await vscode.window.showTextDocument(vscode.Uri.file(join(folder, RUN_FILES.events)), { selection });
  });
  connection.onRequest(
    runView.chooseOverlaid,
    onRun(async (run) => {
      const others = comparableRuns(runs.runs, run);
      if (others.length === 0) throw new Error(vscode.l10n.t('There is no other run to overlay yet.'));
      const chosen = await pickComparableRuns(others, {
        title: vscode.l10n.t('Overlay on {0}', runLabel(run)),
        picked: overlaid.map(runKey),
      });
      if (chosen === undefined) return;
      checkComparable(chosen.length + 1);
      overlay(chosen.map(referenceOf));
    }),
  );
  connection.onRequest(runView.save, (request) => saveFile(target.project, request));
  connection.onRequest(runView.removeOverlaid, (removed) =>
    overlay(overlaid.filter((other) => runKey(other) !== runKey(removed))),
  );
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

function headerOf(run: BegunRun): RunHeader {
  const { record, status, id, state, stopping } = run;
  const { stage, name, created, training, concept } = record;
  const { device, deviceReason, memory, seconds, error, progress, parts } = status;
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
    memory,
    progress,
    parts,
    seconds,
    error,
    stopping: stopping && isActive(run),
    resumable: isResumable(run),
    evaluated: state === 'succeeded' && evaluationOf(run) !== undefined,
  };
}

function originOf({ config, options, seed, versions }: RunRecord): RunOrigin {
  return {
    config: stringify(config),
    options: Object.keys(options).length === 0 ? '' : stringify(options),
    seed,
    versions: { ...versions },
  };
}
