import { join } from 'node:path';
import * as vscode from 'vscode';
import type { LoadedConcept, Project } from '../../project/load.ts';
import { toProjectPath } from '../../project/paths.ts';
import type { WeightsChoice } from '../../protocol/statistics.ts';
import type { ConceptChoice, TrainingChoice } from '../../protocol/webview/choices.ts';
import type { LiveRun, PendingState, ViewAction } from '../../protocol/webview/common.ts';
import type { ProjectArtifacts } from '../artifacts/project-artifacts.ts';
import { COMMANDS } from '../identifiers.ts';
import { isActive, type Run } from '../runs/run-state.ts';
import type { Services } from '../services.ts';
import { absentProject } from './absent-project.ts';
import { liveRun } from './live-run.ts';

interface Choices {
  kind: 'ready';
  trainings: TrainingChoice[];
  concepts: ConceptChoice[];
  live?: LiveRun;
}

/** What a view does with weights. The base alone can only be used to translate. */
type Purpose = 'statistics' | 'translation';

/** The choices among a project's weights, with the view's main subject first. */
export function weightsChoices(services: Services, folder: string, purpose: Purpose): PendingState | Choices {
  const { projects, artifacts } = services;
  const project = projects.get(folder);
  if (project === undefined) return absentProject(projects, folder);
  const made = artifacts.of(folder);
  const concepts = project.concepts.map((concept) => ({
    name: concept.name,
    prompt: concept.prompt,
    tags: concept.tags,
    weights:
      purpose === 'translation'
        ? [...basesOf(project, made), ...weightsOf(project, concept, services)]
        : denoisedFirst(weightsOf(project, concept, services)),
  }));
  if (concepts.every(({ weights }) => weights.length === 0))
    return { kind: 'empty', ...whatNext(project, made) };
  const trainings = project.trainings.map(({ name, path }) => ({ name, file: toProjectPath(folder, path) }));
  const active = services.runs.runs.find((run) => run.project === folder && isActive(run));
  return { kind: 'ready', trainings, concepts, live: active && liveRun(active) };
}

function basesOf({ trainings }: Project, { bases }: ProjectArtifacts): WeightsChoice[] {
  return trainings.flatMap(({ name }) => {
    const base = bases.get(name);
    if (base === undefined) return [];
    return [{ kind: 'base' as const, label: vscode.l10n.t('base of {0} without LoRA', name), ...base }];
  });
}

/** The existing weights of a concept, the most refined first. */
export function weightsOf(
  { folder }: Pick<Project, 'folder'>,
  { name }: LoadedConcept,
  { artifacts, runs }: Pick<Services, 'artifacts' | 'runs'>,
): WeightsChoice[] {
  const made = artifacts.of(folder);
  const found: (WeightsChoice | undefined)[] = [
    choice('fine-tuned', vscode.l10n.t('fine-tuned'), made.fineTuned.get(name)),
    ...snapshotsOf(folder, name, runs.runs),
    choice('denoised', vscode.l10n.t('denoised'), made.denoised.get(name)),
    ...made.zoo.map(({ baseHash, members }) =>
      choice('zoo', vscode.l10n.t('zoo member, base {0}', baseHash), members.get(name)),
    ),
  ];
  return found.filter((weights) => weights !== undefined);
}

/** Snapshots kept by the concept's latest fine-tuning, the latest first; also while it is running. */
function snapshotsOf(project: string, concept: string, runs: readonly Run[]): WeightsChoice[] {
  for (const run of runs) {
    if (run.project !== project) continue;
    const own = run.status.snapshots.filter((snapshot) => snapshot.concept === concept);
    if (own.length === 0) continue;
    return own.toReversed().map(({ step, file, time }) => ({
      kind: 'checkpoint' as const,
      label: vscode.l10n.t('fine-tuning, step {0}', step),
      file: toProjectPath(project, join(run.folder, file)),
      modified: time,
    }));
  }
  return [];
}

/** Statistics are about denoised weights; fine-tuned weights may be a whole generator without LoRA. */
export function denoisedFirst(choices: readonly WeightsChoice[]): WeightsChoice[] {
  const isDenoised = ({ kind }: WeightsChoice) => Number(kind === 'denoised');
  return choices.toSorted((a, b) => isDenoised(b) - isDenoised(a));
}

function choice(
  kind: WeightsChoice['kind'],
  label: string,
  artifact: { file: string; modified: number } | undefined,
): WeightsChoice | undefined {
  return artifact && { kind, label, file: artifact.file, modified: artifact.modified };
}

/** The next step for a project that has no weights yet. */
function whatNext(
  project: Project,
  { bases, pairs }: ProjectArtifacts,
): { message: string; action: ViewAction } {
  if (project.concepts.length === 0) {
    return {
      message: vscode.l10n.t('The project has no concepts yet.'),
      action: { label: vscode.l10n.t('New Concept'), command: COMMANDS.newConcept },
    };
  }
  if (pairs.size === 0) {
    return {
      message: vscode.l10n.t('No image pairs have been prepared yet.'),
      action: { label: vscode.l10n.t('Prepare Pairs'), command: COMMANDS.preparePairs },
    };
  }
  if (bases.size === 0) {
    return {
      message: vscode.l10n.t('The base generator has not been trained yet.'),
      action: { label: vscode.l10n.t('Train Base Generator'), command: COMMANDS.trainBase },
    };
  }
  return {
    message: vscode.l10n.t('No concept has LoRA weights yet.'),
    action: { label: vscode.l10n.t('Collect Zoo'), command: COMMANDS.collectZoo },
  };
}
