import * as vscode from 'vscode';
import { latestConcept } from '../artifacts/project-artifacts.ts';
import { COMMANDS, PANELS } from '../identifiers.ts';
import type { AllPanels } from '../panels/all-panels.ts';
import type { KeptState } from '../panels/panels.ts';
import { referenceOf } from '../panels/run-reference.ts';
import { registerCommand } from '../register-command.ts';
import { evaluationOf } from '../runs/evaluations.ts';
import type { Services } from '../services.ts';
import { chooseComparedRuns, chooseProject, chooseRun, givenConcept, givenRun } from './targets.ts';

/** Opens the panels, and brings them back after a reload. Their code is loaded by the first of them. */
export function registerPanels(context: vscode.ExtensionContext, services: Services): void {
  let loading: Promise<AllPanels> | undefined;
  const panels = () => {
    loading ??= import('../panels/all-panels.ts').then(({ createPanels }) => createPanels(context, services));
    return loading;
  };
  for (const view of Object.keys(PANELS) as (keyof typeof PANELS)[]) {
    context.subscriptions.push(
      vscode.window.registerWebviewPanelSerializer(PANELS[view], {
        deserializeWebviewPanel: async (panel, kept: KeptState) => (await panels())[view].revive(panel, kept),
      }),
    );
  }
  registerCommand(context, services.log, COMMANDS.openRun, async (target) => {
    const run = await chooseRun(services, target, () => true, vscode.l10n.t('There is no run yet.'));
    if (run !== undefined) (await panels()).run.show(referenceOf(run));
  });
  registerCommand(context, services.log, COMMANDS.compareRuns, async (target, selected) => {
    const chosen = await chooseComparedRuns(services, target, selected);
    const [run, ...others] = chosen ?? [];
    if (run === undefined) return;
    (await panels()).run.show({ ...referenceOf(run), overlaid: others.map(referenceOf) });
  });
  registerCommand(context, services.log, COMMANDS.showComparison, async (target) => {
    const run = givenRun(services, target);
    if (run !== undefined) {
      const concept = evaluationOf(run)?.concept;
      (await panels()).compare.show({ project: run.project, concept, runId: run.id });
      return;
    }
    const project = await chooseProject(services, target);
    if (project === undefined) return;
    const concept = givenConcept(project, target)?.name ?? latestEvaluated(services, project.folder);
    (await panels()).compare.show({ project: project.folder, concept });
  });
  for (const [id, view] of [
    [COMMANDS.showWeightStatistics, 'weights'],
    [COMMANDS.showTranslatedImages, 'translate'],
  ] as const) {
    registerCommand(context, services.log, id, async (target) => {
      const project = await chooseProject(services, target);
      if (project === undefined) return;
      const concept =
        givenConcept(project, target)?.name ?? latestConcept(services.artifacts.of(project.folder));
      (await panels())[view].show({ project: project.folder, concept });
    });
  }
}

/** The concept that was evaluated last. */
function latestEvaluated({ runs }: Services, project: string): string | undefined {
  const own = runs.runs.filter((run) => run.project === project);
  return own.map(evaluationOf).find((evaluation) => evaluation !== undefined)?.concept;
}
