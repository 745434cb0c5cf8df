import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Project } from '../../project/load.ts';
import { foldOf } from '../../project/names.ts';
import { projectPaths } from '../../project/paths.ts';
import { hasWords } from '../../project/prompt-words.ts';
import { CONCEPT_NAME } from '../../project/schema/concept-schema.ts';
import { EFFECT_NAMES } from '../../project/schema/effects.ts';
import { UserError } from '../../project/user-error.ts';
import { conceptText, nameFromPrompt, trainingText, usualSource } from '../projects/project-templates.ts';
import type { Services } from '../services.ts';
import { chooseProject } from '../targets/targets.ts';

/** Asks for the prompt, the name and the effect of a new concept, and opens its file. */
export async function newConcept(services: Services, target: unknown): Promise<void> {
  const project = await chooseProject(services, target);
  if (project === undefined) return;
  const prompt = await vscode.window.showInputBox({
    title: vscode.l10n.t('New Concept'),
    prompt: vscode.l10n.t('Describe the edit in words. The weight generator is conditioned on this text.'),
    placeHolder: vscode.l10n.t('turn it into a snowy day'),
    validateInput: (value) =>
      hasWords(value) ? undefined : vscode.l10n.t('A concept needs a prompt with a word or a number.'),
  });
  if (prompt === undefined) return;
  const folder = projectPaths(project.folder).concepts;
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('New Concept'),
    prompt: vscode.l10n.t('Name of the concept, used for files and in lists'),
    value: nameFromPrompt(prompt),
    validateInput: (value) => conceptNameError(project, folder, value),
  });
  if (name === undefined) return;
  const effect = await vscode.window.showQuickPick([...EFFECT_NAMES], {
    title: vscode.l10n.t('New Concept'),
    placeHolder: vscode.l10n.t(
      'Select the effect that makes the edited images. You can change the file to use a folder of images later.',
    ),
  });
  if (effect === undefined) return;
  const text = conceptText({ prompt: prompt.trim(), source: usualSource(project), effect });
  await createAndOpen(join(folder, `${name}.concept.yaml`), text);
}

function conceptNameError(project: Project, folder: string, name: string): string | undefined {
  if (!CONCEPT_NAME.test(name)) {
    return vscode.l10n.t(
      'Use up to 64 letters, digits, dots, dashes and underscores, starting with a letter or digit.',
    );
  }
  const taken = project.concepts.some((concept) => foldOf(concept.name) === foldOf(name));
  if (!taken && !existsSync(join(folder, `${name}.concept.yaml`))) return undefined;
  return vscode.l10n.t('A concept with this name already exists.');
}

/** Asks for the preset and the name of a new training config, and opens its file. */
export async function newTrainingConfig(): Promise<void> {
  const folder = await chooseWorkspaceFolder();
  if (folder === undefined) return;
  const preset = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t('Fast'),
        description: vscode.l10n.t('best results on a laptop'),
        preset: 'fast' as const,
      },
      {
        label: vscode.l10n.t('Paper'),
        description: vscode.l10n.t('the published settings: 256 × 256 pixels, for a GPU'),
        preset: 'paper' as const,
      },
    ],
    { placeHolder: vscode.l10n.t('Select a preset to start from') },
  );
  if (preset === undefined) return;
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('New Training Config'),
    prompt: vscode.l10n.t('Name of the training config'),
    value: preset.preset,
    validateInput: (value) => {
      if (!CONCEPT_NAME.test(value))
        return vscode.l10n.t('Use letters, digits, dots, dashes and underscores only.');
      const taken = existsSync(join(folder.fsPath, `${value}.training.yaml`));
      return taken ? vscode.l10n.t('A training config with this name already exists.') : undefined;
    },
  });
  if (name === undefined) return;
  await createAndOpen(join(folder.fsPath, `${name}.training.yaml`), trainingText(preset.preset));
}

async function chooseWorkspaceFolder(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) throw new UserError('bad-selection', vscode.l10n.t('Open a folder first.'));
  return folders.length === 1 ? folders[0]?.uri : (await vscode.window.showWorkspaceFolderPick())?.uri;
}

async function createAndOpen(path: string, text: string): Promise<void> {
  const uri = vscode.Uri.file(path);
  await vscode.workspace.fs.createDirectory(vscode.Uri.file(dirname(path)));
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { contents: new TextEncoder().encode(text) });
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(uri);
}
