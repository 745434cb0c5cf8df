import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { EXPORT_FORMS, type ExportForm } from '../../protocol/export-forms.ts';
import { inertNotice } from '../../protocol/inert-text.ts';
import { saveProjectFiles } from '../projects/unsaved-files.ts';
import type { Services } from '../services.ts';
import { chooseWeights } from '../targets/choose-weights.ts';
import { chooseConcept, chooseTraining } from '../targets/targets.ts';

/** Asks which weights of a concept become what kind of file, and where, and writes it. */
export async function exportWeights(services: Services, target: unknown): Promise<void> {
  await saveProjectFiles(services);
  const chosen = await chooseConcept(services, target);
  if (chosen === undefined) return;
  const { project, concept } = chosen;
  const training = await chooseTraining(project, target);
  if (training === undefined) return;
  const weights = await chooseWeights(services, chosen, vscode.l10n.t('Select the weights to export'));
  if (weights === undefined) return;
  const what = await chooseForm();
  if (what === undefined) return;
  const half = await choosePrecision();
  if (half === undefined) return;
  const output = await chooseFile(join(project.folder, concept.name), EXPORT_FORMS[what]);
  if (output === undefined) return;
  const { requests, opened } = services.engine;
  await opened.choose(output);
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Exporting {0}', concept.name),
  };
  await vscode.window.withProgress(progress, () =>
    requests.request('export', {
      project: project.folder,
      training: training.name,
      concept: concept.name,
      weights,
      what,
      half,
      output,
    }),
  );
  void offerToOpen(output, what);
}

async function chooseForm(): Promise<ExportForm | undefined> {
  const items: (vscode.QuickPickItem & { what: ExportForm })[] = [
    {
      label: vscode.l10n.t('ONNX model'),
      description: EXPORT_FORMS.onnx,
      detail: vscode.l10n.t('The generator, for images of any size, for ONNX Runtime and other programs'),
      what: 'onnx',
    },
    {
      label: vscode.l10n.t('Web page'),
      description: EXPORT_FORMS.web,
      detail: vscode.l10n.t('One file that translates pictures in a browser, without a network'),
      what: 'web',
    },
    {
      label: vscode.l10n.t('Tensors of the generator'),
      description: EXPORT_FORMS.safetensors,
      detail: vscode.l10n.t('The whole generator with the LoRA merged in'),
      what: 'safetensors',
    },
    {
      label: vscode.l10n.t('Tensors of the LoRA'),
      description: EXPORT_FORMS.lora,
      detail: vscode.l10n.t('The LoRA alone, to be used with the base'),
      what: 'lora',
    },
  ];
  const placeHolder = vscode.l10n.t('Select what to export');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.what;
}

/** Whether values are stored in half precision; undefined if the list was closed. */
async function choosePrecision(): Promise<boolean | undefined> {
  const items = [
    {
      label: vscode.l10n.t('Single precision'),
      description: vscode.l10n.t('the values as they were trained'),
      half: false,
    },
    {
      label: vscode.l10n.t('Half precision'),
      description: vscode.l10n.t('values of half the size, rounded to 11 bits'),
      half: true,
    },
  ];
  const placeHolder = vscode.l10n.t('Select how values are stored');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.half;
}

async function chooseFile(suggested: string, ending: string): Promise<string | undefined> {
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Select where to export'),
    saveLabel: vscode.l10n.t('Export'),
    defaultUri: vscode.Uri.file(suggested + ending),
    filters: { [ending]: [ending.slice(1)] },
  });
  if (uri === undefined) return undefined;
  return uri.fsPath.endsWith(ending) ? uri.fsPath : uri.fsPath + ending;
}

/** Says where the file is. A page is opened in a browser, where that is on the same machine. */
async function offerToOpen(output: string, what: ExportForm): Promise<void> {
  const open = vscode.l10n.t('Open in Browser');
  const isHere = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  const actions = what === 'web' && isHere ? [open] : [];
  const chosen = await vscode.window.showInformationMessage(
    inertNotice(vscode.l10n.t('Exported {0}.', basename(output))),
    ...actions,
  );
  if (chosen === open) await vscode.env.openExternal(vscode.Uri.file(output));
}
