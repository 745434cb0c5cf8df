import * as vscode from 'vscode';
import type { LoadedConcept, Project } from '../../project/load.ts';
import { UserError } from '../../project/user-error.ts';
import { inertNotice } from '../../protocol/inert-text.ts';
import type { ConceptUse } from '../../protocol/stage-entry.ts';
import { type NamedCommand, STAGE_COMMANDS, type StageCommand, stageEntry } from '../../protocol/stages.ts';
import { COMMANDS } from '../identifiers.ts';
import { saveProjectFiles } from '../projects/unsaved-files.ts';
import { registerCommand } from '../register-command.ts';
import type { QueuedRun } from '../runs/new-run.ts';
import { startRuns } from '../runs/run-queue.ts';
import { startRun } from '../runs/start-run.ts';
import type { Services } from '../services.ts';
import { chooseWeights } from '../targets/choose-weights.ts';
import {
  type ConceptsTarget,
  chooseConcept,
  chooseProject,
  chooseTraining,
  givenConcept,
  selectedConcepts,
} from '../targets/targets.ts';
import { wantedMembers } from '../zoo/zoo-status.ts';

/** Commands that ask for more than a training config and concepts. */
const OWN_WAY: Partial<Record<StageCommand, (services: Services, target: unknown) => Promise<void>>> = {
  collectMissing,
  translateImages,
};

/** The commands of all stages. */
export function registerStageCommands(context: vscode.ExtensionContext, services: Services): void {
  for (const command of STAGE_COMMANDS) {
    const own = OWN_WAY[command.id];
    registerCommand(context, services.log, COMMANDS[command.id], (target, selected) =>
      own ? own(services, target) : startStage(services, command, target, selected),
    );
  }
}

async function startStage(
  services: Services,
  { stage, concept }: NamedCommand,
  target: unknown,
  selected: unknown,
): Promise<void> {
  if (stage === 'quickstart' && services.projects.projects.length === 0) {
    await vscode.commands.executeCommand(COMMANDS.openSampleProject);
    return;
  }
  await saveProjectFiles(services);
  const subjects = await subjectsOf(services, concept, target, selected);
  const { needs } = stageEntry(stage);
  const queue: QueuedRun[] = [];
  for (const { project, concepts } of subjects) {
    const training = await chooseTraining(project, target);
    if (training === undefined) return;
    const request = { stage, project: project.folder, training: training.name };
    if (concepts.length === 0) queue.push({ request, name: training.name });
    const ready = needs === 'denoised' ? withDenoisedWeights(services, project, concepts) : concepts;
    queue.push(...ready.map(({ name }) => ({ request: { ...request, concept: name }, name })));
  }
  await startRuns(services, queue);
}

/** Projects with the concepts to run on. Without concepts, the stage runs on the whole project. */
async function subjectsOf(
  services: Services,
  use: ConceptUse,
  target: unknown,
  selected: unknown,
): Promise<ConceptsTarget[]> {
  const given = use === 'none' ? undefined : selectedConcepts(target, selected);
  if (given !== undefined) {
    // The engine processes all concepts of a project in one run.
    const isWhole = ({ project, concepts }: ConceptsTarget) =>
      use === 'optional' && concepts.length > 1 && concepts.length === project.concepts.length;
    return given.map((subject) => (isWhole(subject) ? { ...subject, concepts: [] } : subject));
  }
  if (use === 'required') {
    const chosen = await chooseConcept(services, target);
    return chosen === undefined ? [] : [{ project: chosen.project, concepts: [chosen.concept] }];
  }
  const project = await chooseProject(services, target);
  if (project === undefined) return [];
  // From the palette, these stages run on all concepts, even while a concept's file is open.
  const concept = use === 'optional' && target !== undefined ? givenConcept(project, target) : undefined;
  return [{ project, concepts: concept === undefined ? [] : [concept] }];
}

/**
 * The concepts among several that can be fine-tuned. A single concept is left to the engine, which says what is
 * missing.
 */
function withDenoisedWeights(
  services: Services,
  project: Project,
  concepts: readonly LoadedConcept[],
): readonly LoadedConcept[] {
  if (concepts.length < 2) return concepts;
  const { denoised } = services.artifacts.of(project.folder);
  const lacking = concepts.filter(({ name }) => !denoised.has(name));
  if (lacking.length === 0) return concepts;
  const names = lacking.map(({ name }) => name).join(', ');
  if (lacking.length === concepts.length) {
    throw new UserError(
      'stage-needed',
      vscode.l10n.t('These concepts have no denoised weights yet: {0}. Run Denoise Weights first.', names),
    );
  }
  void vscode.window.showWarningMessage(
    inertNotice(vscode.l10n.t('Skipped because they have no denoised weights yet: {0}.', names)),
  );
  return concepts.filter((concept) => !lacking.includes(concept));
}

/** Collects the missing and stale members of a training config's zoo in one run. */
async function collectMissing(services: Services, target: unknown): Promise<void> {
  await saveProjectFiles(services);
  const project = await chooseProject(services, target);
  if (project === undefined) return;
  const training = await chooseTraining(project, target);
  if (training === undefined) return;
  await services.zoo.refresh();
  const zoo = services.zoo.of(training.path);
  if (zoo !== undefined && wantedMembers(zoo).length === 0) {
    void vscode.window.showInformationMessage(
      inertNotice(vscode.l10n.t('The zoo of {0} is complete: no member is missing or stale.', training.name)),
    );
    return;
  }
  await startRun(
    services,
    { stage: 'collect', project: project.folder, training: training.name, missing: true },
    training.name,
  );
}

/** Asks for images, weights and an output folder, and starts a run that translates the images. */
async function translateImages(services: Services, target: unknown): Promise<void> {
  const chosen = await chooseConcept(services, target);
  if (chosen === undefined) return;
  const { project, concept } = chosen;
  const weights = await chooseWeights(
    services,
    chosen,
    vscode.l10n.t('Select the weights to translate with'),
  );
  if (weights === undefined) return;
  const [input] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Select an image or a folder of images to translate'),
      canSelectFiles: true,
      canSelectFolders: true,
      defaultUri: vscode.Uri.file(project.folder),
    })) ?? [];
  if (input === undefined) return;
  const [output] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Select a folder for the translated images'),
      openLabel: vscode.l10n.t('Select Output Folder'),
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
  const training = await chooseTraining(project, target);
  if (training === undefined) return;
  const about = { training: training.name, concept: concept.name };
  await startRun(services, { ...request, weights, ...about }, concept.name);
}
