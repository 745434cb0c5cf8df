import * as vscode from 'vscode';
import type { LoadedConcept, Project } from '../../project/load.ts';
import type { Stage } from '../../protocol/events.ts';
import { COMMANDS } from '../identifiers.ts';
import { saveProjectFiles } from '../projects/unsaved-files.ts';
import { type NewRun, startRun } from '../runs/start-run.ts';
import type { Services } from '../services.ts';
import { registerCommand } from './register-command.ts';
import { chooseConcept, chooseProject, chooseTraining, givenConcept } from './targets.ts';

/** Whether a stage works on one concept (asked for where not given), may be narrowed to one, or has none. */
type ConceptUse = 'required' | 'optional' | 'none';

const STAGE_COMMANDS: readonly [
  id: (typeof COMMANDS)[keyof typeof COMMANDS],
  stage: Stage,
  concept: ConceptUse,
][] = [
  [COMMANDS.preparePairs, 'prepare', 'optional'],
  [COMMANDS.trainBase, 'train-base', 'none'],
  [COMMANDS.collectZoo, 'collect', 'none'],
  [COMMANDS.trainWeightGenerator, 'train-generator', 'none'],
  [COMMANDS.denoiseWeights, 'denoise', 'required'],
  [COMMANDS.fineTuneConcept, 'fine-tune', 'required'],
  [COMMANDS.evaluateConcept, 'evaluate', 'required'],
  [COMMANDS.runQuickstart, 'quickstart', 'none'],
];

/** One command per stage of the method. */
export function registerStageCommands(context: vscode.ExtensionContext, services: Services): void {
  for (const [id, stage, concept] of STAGE_COMMANDS) {
    registerCommand(context, services.log, id, (target) => runStage(services, stage, concept, target));
  }
  registerCommand(context, services.log, COMMANDS.translateImages, (target) =>
    translateImages(services, target),
  );
}

async function runStage(services: Services, stage: Stage, use: ConceptUse, target: unknown): Promise<void> {
  if (stage === 'quickstart' && services.projects.projects.length === 0) {
    await vscode.commands.executeCommand(COMMANDS.openSampleProject);
    return;
  }
  await saveProjectFiles(services);
  const about =
    use === 'required' ? await chooseConcept(services, target) : await projectOf(services, use, target);
  if (about === undefined) return;
  await start(services, { stage, project: about.project.folder }, about, target);
}

async function projectOf(
  services: Services,
  use: ConceptUse,
  target: unknown,
): Promise<{ project: Project; concept?: LoadedConcept } | undefined> {
  const project = await chooseProject(services, target);
  if (project === undefined) return undefined;
  // From the palette these stages are about all concepts, also while a concept's file is open.
  const narrowed = use === 'optional' && target !== undefined;
  return { project, concept: narrowed ? givenConcept(project, target) : undefined };
}

async function start(
  services: Services,
  request: NewRun,
  { project, concept }: { project: Project; concept?: LoadedConcept },
  target: unknown,
): Promise<void> {
  const training = await chooseTraining(project, target);
  if (training === undefined) return;
  const whole = { ...request, training: training.name, ...(concept && { concept: concept.name }) };
  await startRun(services, whole, concept?.name ?? training.name);
}

/** Asks for images, weights and a folder, and translates the images with a run of its own. */
async function translateImages(services: Services, target: unknown): Promise<void> {
  const about = await chooseConcept(services, target);
  if (about === undefined) return;
  const { project, concept } = about;
  const weights = await chooseWeights(services, about);
  if (weights === undefined) return;
  const [input] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Image or folder of images to translate'),
      canSelectFiles: true,
      canSelectFolders: true,
      defaultUri: vscode.Uri.file(project.folder),
    })) ?? [];
  if (input === undefined) return;
  const [output] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Folder for the translated images'),
      openLabel: vscode.l10n.t('Write Here'),
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: vscode.Uri.file(project.folder),
    })) ?? [];
  if (output === undefined) return;
  const request = {
    stage: 'translate' as const,
    project: project.folder,
    input: input.fsPath,
    output: output.fsPath,
  };
  await start(services, { ...request, weights }, { project, concept }, target);
}

async function chooseWeights(
  services: Services,
  { project, concept }: { project: Project; concept: LoadedConcept },
): Promise<string | undefined> {
  const made = services.artifacts.of(project.folder);
  const items = [
    ...(made.fineTuned.has(concept.name)
      ? [{ label: vscode.l10n.t('Fine-tuned weights'), name: 'fine-tuned' }]
      : []),
    ...(made.denoised.has(concept.name)
      ? [{ label: vscode.l10n.t('Denoised weights'), name: 'denoised' }]
      : []),
    { label: vscode.l10n.t('Base generator, without LoRA'), name: 'base' },
  ];
  return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which weights?') }))?.name;
}
