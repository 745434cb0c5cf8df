import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { RUN_FILES } from '../../protocol/run.ts';
import { registerCommand } from '../commands/register-command.ts';
import { chooseRun } from '../commands/targets.ts';
import { COMMANDS } from '../identifiers.ts';
import type { Services } from '../services.ts';
import { isActive, isResumable, type Run } from './run-state.ts';
import { runLabel } from './run-wording.ts';
import { requestStop, resumeRun } from './start-run.ts';

export function registerRunCommands(context: vscode.ExtensionContext, services: Services): void {
  const onRun = (
    id: (typeof COMMANDS)[keyof typeof COMMANDS],
    kind: (run: Run) => boolean,
    none: string,
    action: (run: Run) => Promise<void>,
  ) =>
    registerCommand(context, services.log, id, async (target) => {
      const run = await chooseRun(services, target, kind, none);
      if (run !== undefined) await action(run);
    });
  onRun(COMMANDS.stopRun, isActive, vscode.l10n.t('No run is active.'), (run) => requestStop(services, run));
  onRun(COMMANDS.resumeRun, isResumable, vscode.l10n.t('No run can be resumed.'), (run) =>
    resumeRun(services, run),
  );
  onRun(COMMANDS.showRunLog, () => true, vscode.l10n.t('There is no run yet.'), showRunLog);
  onRun(
    COMMANDS.deleteRun,
    (run) => !isActive(run),
    vscode.l10n.t('There is no run that has ended.'),
    (run) => deleteRun(services, run),
  );
}

/** Opens the engine's log of a run; its events where it was started from a terminal, which had the log. */
export async function showRunLog(run: Run): Promise<void> {
  const log = join(run.folder, RUN_FILES.log);
  const file = existsSync(log) ? log : join(run.folder, RUN_FILES.events);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
}

async function deleteRun(services: Services, run: Run): Promise<void> {
  if (isActive(run)) throw new Error(`${run.id} is active: stop it first`);
  const confirm = vscode.l10n.t('Delete');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete the run "{0}"?', runLabel(run)),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Its events, samples and checkpoint are removed from disk for good. Weights that it has made stay.',
      ),
    },
    confirm,
  );
  if (chosen !== confirm) return;
  await vscode.workspace.fs.delete(vscode.Uri.file(run.folder), { recursive: true });
  await services.runs.refresh();
}
