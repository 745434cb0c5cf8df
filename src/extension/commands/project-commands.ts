import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { COMMANDS } from '../identifiers.ts';
import { registerCommand } from '../register-command.ts';
import type { Services } from '../services.ts';
import { reveal } from './reveal.ts';

export function registerProjectCommands(context: vscode.ExtensionContext, services: Services): void {
  const { log } = services;
  registerCommand(context, log, COMMANDS.newConcept, async (target) => {
    const { newConcept } = await import('./new-files.ts');
    await newConcept(services, target);
  });
  registerCommand(context, log, COMMANDS.newTrainingConfig, async () => {
    const { newTrainingConfig } = await import('./new-files.ts');
    await newTrainingConfig();
  });
  registerCommand(context, log, COMMANDS.exportWeights, async (target) => {
    const { exportWeights } = await import('./export-weights.ts');
    await exportWeights(services, target);
  });
  registerCommand(context, log, COMMANDS.openSampleProject, () => openSampleProject(context));
  registerCommand(context, log, COMMANDS.reveal, (target) => reveal(services, target));
  registerCommand(context, log, COMMANDS.refresh, async () => {
    await services.projects.refresh();
    await Promise.all([services.runs.refresh(), services.artifacts.refresh(), services.zoo.refresh()]);
  });
}

/** Copies the quickstart project to a folder that the user selects, and opens it. */
async function openSampleProject(context: vscode.ExtensionContext): Promise<void> {
  const [parent] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Select where to create the sample project'),
      openLabel: vscode.l10n.t('Create Here'),
      canSelectFiles: false,
      canSelectFolders: true,
      // Not the folder of the file that happens to be open: a project inside a project is of no use.
      defaultUri: vscode.Uri.file(homedir()),
    })) ?? [];
  if (parent === undefined) return;
  const target = vscode.Uri.joinPath(parent, 'denoised-weights-quickstart');
  if (!existsSync(target.fsPath)) {
    await vscode.workspace.fs.copy(
      vscode.Uri.joinPath(context.extensionUri, 'examples', 'quickstart'),
      target,
    );
  }
  const inNewWindow = vscode.workspace.workspaceFolders !== undefined;
  await vscode.commands.executeCommand('vscode.openFolder', target, { forceNewWindow: inNewWindow });
}
