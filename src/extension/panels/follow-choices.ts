import * as vscode from 'vscode';
import { UserError } from '../../project/user-error.ts';
import type { Connected, PendingState, ProjectTarget, ViewAction } from '../../protocol/webview/common.ts';
import type { CheckedNotification, CheckedRequest } from '../../protocol/webview/schema.ts';
import { COMMANDS } from '../identifiers.ts';
import type { Services } from '../services.ts';
import { Pacer } from './pacer.ts';
import type { PanelConnection } from './panel-connection.ts';

interface ChoicesView<Target, State> {
  connect: CheckedRequest<void, Connected<Target, State>>;
  stateChanged: CheckedNotification<State>;
  /** Opens the run of this id; absent where the view shows no run. */
  openRun?: CheckedRequest<string, void>;
}

/** Keeps a page's choices in sync with the files, and lets it open the run that works on them. */
export function followChoices<Target extends ProjectTarget, State extends PendingState | { kind: 'ready' }>(
  services: Services,
  connection: PanelConnection,
  view: ChoicesView<Target, State>,
  target: Target,
  read: () => State,
): void {
  let shown: State | undefined;
  const pacer = new Pacer(
    () => {
      const state = read();
      // Most events of a run do not affect the choices.
      if (JSON.stringify(state) === JSON.stringify(shown)) return;
      if (connection.listening) shown = state;
      connection.notify(view.stateChanged, state);
    },
    (error) => services.log.error(`${error}`),
  );
  const refresh = () => pacer.request();
  const { projects, artifacts, runs } = services;
  connection.closeWithPanel(
    pacer,
    projects.onDidChange(refresh),
    artifacts.onDidChange(refresh),
    runs.onDidChange(refresh),
  );
  connection.onConnect(view.connect, target, () => {
    shown = read();
    return shown;
  });
  connection.onAction((): ViewAction | undefined => (shown && 'action' in shown ? shown.action : undefined));
  if (view.openRun === undefined) return;
  connection.onRequest(view.openRun, async (runId) => {
    const run = runs.get(target.project, runId);
    if (run === undefined) throw new UserError('unknown-run', vscode.l10n.t('The run has been deleted.'));
    await vscode.commands.executeCommand(COMMANDS.openRun, run);
  });
}
