import * as vscode from 'vscode';
import { COMMANDS } from '../identifiers.ts';
import { saveProjectFiles } from '../projects/unsaved-files.ts';
import type { ReadOnlyDocuments } from '../read-only-documents.ts';
import { registerCommand } from '../register-command.ts';
import type { Services } from '../services.ts';
import { chooseProject, chooseTraining } from '../targets/targets.ts';

export function registerTrainingCommands(
  context: vscode.ExtensionContext,
  services: Services,
  documents: ReadOnlyDocuments,
): void {
  registerCommand(context, services.log, COMMANDS.describeTraining, (target) =>
    describeTraining(services, documents, target),
  );
}

/** Shows the size of a training compared with the published method: the output of `dnw describe`. */
async function describeTraining(
  services: Services,
  documents: ReadOnlyDocuments,
  target: unknown,
): Promise<void> {
  await saveProjectFiles(services);
  const project = await chooseProject(services, target);
  if (project === undefined) return;
  const training = await chooseTraining(project, target);
  if (training === undefined) return;
  const options = {
    location: vscode.ProgressLocation.Window,
    title: vscode.l10n.t('Describing {0}', training.name),
  };
  const { text } = await vscode.window.withProgress(options, () =>
    services.engine.requests.request('describe', { project: project.folder, training: training.name }),
  );
  await documents.show(vscode.l10n.t('{0} described.txt', training.name), text, project.folder);
}
