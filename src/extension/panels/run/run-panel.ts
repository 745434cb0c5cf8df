import * as vscode from 'vscode';
import { type RunTarget, runTarget, runView } from '../../../protocol/webview/run.ts';
import type { Services } from '../../services.ts';
import { chooseComparedRuns, chooseRun } from '../../targets/targets.ts';
import type { PanelConnection } from '../panel-connection.ts';
import type { PanelKind } from '../panels.ts';
import { RunFeed } from './run-feed.ts';
import { runKey } from './run-reader.ts';
import { referenceOf } from './run-reference.ts';
import { answerRunRequests } from './run-requests.ts';
import { runTitle } from './run-title.ts';

export function runPanelKind(services: Services): PanelKind<'run', RunTarget> {
  const asked = new vscode.EventEmitter<RunTarget>();
  return {
    view: 'run',
    commands: {
      openRun: async (target) => {
        const run = await chooseRun(services, target, () => true, vscode.l10n.t('There are no runs yet.'));
        return run && referenceOf(run);
      },
      compareRuns: async (target, selected) => {
        const [run, ...others] = (await chooseComparedRuns(services, target, selected)) ?? [];
        return run && { ...referenceOf(run), overlaid: others.map(referenceOf) };
      },
    },
    title: (target) => runTitle(services, target),
    key: runKey,
    pictureFolders: (target) => [runKey(target)],
    target: runTarget,
    attach: (connection, target) => attach(services, connection, target, asked.event),
    showAgain: (target) => asked.fire(target),
  };
}

/**
 * Answers the page of one panel.
 * @param asked fires when an open panel is to show another comparison
 */
function attach(
  services: Services,
  connection: PanelConnection,
  target: RunTarget,
  asked: vscode.Event<RunTarget>,
): void {
  const feed = new RunFeed(services, connection, target);
  connection.closeWithPanel(
    feed,
    services.runs.onDidChange(() => feed.refresh()),
    asked((again) => {
      if (runKey(again) === feed.folder && again.overlaid !== undefined) feed.overlay(again.overlaid);
    }),
  );
  connection.onConnect(runView.connect, target, () => feed.readWhole());
  answerRunRequests(services, connection, target, feed);
}
