import * as vscode from 'vscode';
import type { ProjectArtifacts } from '../artifacts/project-artifacts.ts';
import { registerCommand } from '../commands/register-command.ts';
import { chooseComparedRuns, chooseProject, chooseRun, givenConcept, givenRun } from '../commands/targets.ts';
import { evaluationOf } from '../comparisons/evaluations.ts';
import { COMMANDS } from '../identifiers.ts';
import type { Services } from '../services.ts';
import { comparePanelKind } from './compare-panel.ts';
import { Panels } from './panels.ts';
import { referenceOf, runPanelKind } from './run-panel.ts';
import { translatePanelKind } from './translate-panel.ts';
import { weightsPanelKind } from './weights-panel.ts';

/** Opens the panels, and brings them back after a reload. */
export function registerPanels(context: vscode.ExtensionContext, services: Services): void {
  const runPanels = new Panels(context.extensionUri, runPanelKind(services));
  const weightsPanels = new Panels(context.extensionUri, weightsPanelKind(services));
  const translatePanels = new Panels(context.extensionUri, translatePanelKind(services));
  const comparePanels = new Panels(context.extensionUri, comparePanelKind(services));
  context.subscriptions.push(runPanels, weightsPanels, translatePanels, comparePanels);
  registerCommand(context, services.log, COMMANDS.openRun, async (target) => {
    const run = await chooseRun(services, target, () => true, vscode.l10n.t('There is no run yet.'));
    if (run !== undefined) runPanels.show({ project: run.project, runId: run.id });
  });
  registerCommand(context, services.log, COMMANDS.compareRuns, async (target, selected) => {
    const chosen = await chooseComparedRuns(services, target, selected);
    const [run, ...others] = chosen ?? [];
    if (run !== undefined) runPanels.show({ ...referenceOf(run), overlaid: others.map(referenceOf) });
  });
  registerCommand(context, services.log, COMMANDS.showComparison, async (target) => {
    const run = givenRun(services, target);
    if (run !== undefined) {
      comparePanels.show({ project: run.project, concept: evaluationOf(run)?.concept, runId: run.id });
      return;
    }
    const project = await chooseProject(services, target);
    if (project === undefined) return;
    const concept = givenConcept(project, target)?.name ?? latestEvaluated(services, project.folder);
    comparePanels.show({ project: project.folder, concept });
  });
  for (const [id, panels] of [
    [COMMANDS.showWeightStatistics, weightsPanels],
    [COMMANDS.showTranslatedImages, translatePanels],
  ] as const) {
    registerCommand(context, services.log, id, async (target) => {
      const project = await chooseProject(services, target);
      if (project === undefined) return;
      const concept =
        givenConcept(project, target)?.name ?? latestConcept(services.artifacts.of(project.folder));
      panels.show({ project: project.folder, concept });
    });
  }
}

/** The concept whose own weights were made last. */
function latestConcept({ denoised, fineTuned }: ProjectArtifacts): string | undefined {
  const newestFirst = [...denoised, ...fineTuned].sort(([, a], [, b]) => b.modified - a.modified);
  return newestFirst[0]?.[0];
}

/** The concept that was evaluated last. */
function latestEvaluated({ runs }: Services, project: string): string | undefined {
  const own = runs.runs.filter((run) => run.project === project);
  return own.map(evaluationOf).find((evaluation) => evaluation !== undefined)?.concept;
}
