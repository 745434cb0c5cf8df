import * as vscode from 'vscode';
import { COMMANDS } from '../identifiers.ts';
import { registerCommand } from '../register-command.ts';
import { deleteRuns } from '../runs/delete-runs.ts';
import { showRunLog } from '../runs/run-log.ts';
import { isActive, isResumable, type Run } from '../runs/run-state.ts';
import { requestStop, resumeRun } from '../runs/start-run.ts';
import type { Services } from '../services.ts';
import { chooseRun, chooseRuns } from '../targets/targets.ts';

const isEnded = (run: Run) => !isActive(run);

/** The argument that the key binding in package.json passes to a command. */
const SELECTION = 'selection';

/**
 * Registers the commands that act on runs.
 * @param view the runs' tree, whose selection the Delete key acts on, since a key binding passes no node
 */
export function registerRunCommands(
  context: vscode.ExtensionContext,
  services: Services,
  view: vscode.TreeView<Run>,
): void {
  const { l10n } = vscode;
  const register = (
    id: (typeof COMMANDS)[keyof typeof COMMANDS],
    handler: (target: unknown, selected: unknown) => Promise<void>,
  ) => registerCommand(context, services.log, id, handler);
  register(COMMANDS.stopRun, async (target, selected) => {
    const runs = await chooseRuns(services, target, selected, isActive, l10n.t('No run is active.'));
    await Promise.all(runs.filter(isActive).map((run) => requestStop(services, run)));
  });
  register(COMMANDS.resumeRun, async (target) => {
    const run = await chooseRun(services, target, isResumable, l10n.t('No run can be resumed.'));
    if (run !== undefined) await resumeRun(services, run);
  });
  register(COMMANDS.showRunLog, async (target) => {
    const run = await chooseRun(services, target, () => true, l10n.t('There are no runs yet.'));
    if (run !== undefined) await showRunLog(run);
  });
  register(COMMANDS.deleteRun, async (target, selected) => {
    const none = l10n.t('No run has ended. Stop an active run before you delete it.');
    const { selection } = view;
    const about = target === SELECTION ? { target: selection[0], selected: selection } : { target, selected };
    const runs = await chooseRuns(services, about.target, about.selected, isEnded, none);
    if (runs.length > 0) await deleteRuns(services, runs, vscode.window.showWarningMessage);
  });
}
