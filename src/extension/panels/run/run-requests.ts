import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../project/user-error.ts';
import { RUN_FILES } from '../../../protocol/run.ts';
import { type RunTarget, runView } from '../../../protocol/webview/run.ts';
import { COMMANDS } from '../../identifiers.ts';
import { checkComparable, comparableRuns, pickComparableRuns } from '../../runs/choose-runs.ts';
import { showRunLog } from '../../runs/run-log.ts';
import type { Run } from '../../runs/run-state.ts';
import { runLabel } from '../../runs/run-wording.ts';
import { requestStop, resumeRun } from '../../runs/start-run.ts';
import type { Services } from '../../services.ts';
import { openTroubleshooting } from '../../troubleshooting.ts';
import type { PanelConnection } from '../panel-connection.ts';
import { saveFile } from '../save-file.ts';
import type { RunFeed } from './run-feed.ts';
import { runKey } from './run-reader.ts';
import { referenceOf } from './run-reference.ts';
import { originOf } from './run-view-state.ts';

/** Answers the requests of the page's buttons. */
export function answerRunRequests(
  services: Services,
  connection: PanelConnection,
  { project }: RunTarget,
  feed: RunFeed,
): void {
  const onRun = (action: (run: Run) => Promise<void>) => async () => {
    const { run } = feed;
    if (run === undefined) throw new UserError('unknown-run', vscode.l10n.t('The run has been deleted.'));
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
  connection.onRequest(runView.explain, openTroubleshooting);
  connection.onRequest(runView.reveal, () => reveal(feed.folder));
  connection.onRequest(runView.openArtifact, ({ file }) => reveal(join(project, file)));
  connection.onRequest(
    runView.copyConfig,
    onRun(async ({ record }) => {
      if (record !== undefined) await vscode.env.clipboard.writeText(originOf(record).config);
    }),
  );
  connection.onRequest(runView.showEvents, async (line) => {
    const selection = new vscode.Range(line - 1, 0, line - 1, 0);
    await vscode.window.showTextDocument(vscode.Uri.file(join(feed.folder, RUN_FILES.events)), { selection });
  });
  connection.onRequest(
    runView.chooseOverlaid,
    onRun((run) => chooseOverlaid(services, run, feed)),
  );
  connection.onRequest(runView.removeOverlaid, (removed) =>
    feed.overlay(feed.overlaid.filter((other) => runKey(other) !== runKey(removed))),
  );
  connection.onRequest(runView.save, (request) => saveFile(project, request));
}

async function reveal(path: string): Promise<void> {
  await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(path));
}

/** Asks which runs to overlay, with the current ones preselected. */
async function chooseOverlaid({ runs }: Services, run: Run, feed: RunFeed): Promise<void> {
  const others = comparableRuns(runs.runs, run);
  if (others.length === 0)
    throw new UserError('bad-selection', vscode.l10n.t('There are no other runs to overlay yet.'));
  const chosen = await pickComparableRuns(others, {
    title: vscode.l10n.t('Overlay on {0}', runLabel(run)),
    picked: feed.overlaid.map(runKey),
  });
  if (chosen === undefined) return;
  checkComparable(chosen.length + 1);
  feed.overlay(chosen.map(referenceOf));
}
