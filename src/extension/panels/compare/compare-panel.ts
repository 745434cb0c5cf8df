import * as vscode from 'vscode';
import { UserError } from '../../../project/user-error.ts';
import {
  type CompareTarget,
  type CompareViewState,
  compareTarget,
  compareView,
} from '../../../protocol/webview/compare.ts';
import { readComparison } from '../../comparisons/read-comparison.ts';
import { COMMANDS } from '../../identifiers.ts';
import { evaluationOf } from '../../runs/evaluations.ts';
import type { Services } from '../../services.ts';
import { chooseProject, givenConcept, givenRun } from '../../targets/targets.ts';
import { absentProject } from '../absent-project.ts';
import { followChoices } from '../follow-choices.ts';
import type { PanelConnection } from '../panel-connection.ts';
import type { PanelKind } from '../panels.ts';
import { saveFile } from '../save-file.ts';
import { evaluatedConcepts } from './compare-choices.ts';

export function comparePanelKind(services: Services): PanelKind<'compare', CompareTarget> {
  return {
    view: 'compare',
    commands: { showComparison: (target) => chooseComparison(services, target) },
    title: ({ concept }) =>
      concept === undefined ? vscode.l10n.t('Comparison') : vscode.l10n.t('Comparison: {0}', concept),
    key: ({ project, concept, runId }) => JSON.stringify([project, concept, runId]),
    pictureFolders: () => [],
    target: compareTarget,
    attach: (connection, target) => attach(services, connection, target),
  };
}

/** The evaluation that a run made, else the comparison of the given concept, else that of the one evaluated last. */
async function chooseComparison(services: Services, target: unknown): Promise<CompareTarget | undefined> {
  const run = givenRun(services, target);
  if (run !== undefined) return { project: run.project, concept: evaluationOf(run)?.concept, runId: run.id };
  const project = await chooseProject(services, target);
  if (project === undefined) return undefined;
  const concept = givenConcept(project, target)?.name ?? latestEvaluated(services, project.folder);
  return { project: project.folder, concept };
}

/** The most recently evaluated concept. */
function latestEvaluated({ runs }: Services, project: string): string | undefined {
  const own = runs.runs.filter((run) => run.project === project);
  return own.map(evaluationOf).find((evaluation) => evaluation !== undefined)?.concept;
}

function attach(services: Services, connection: PanelConnection, target: CompareTarget): void {
  const { projects, runs } = services;
  const { project: folder } = target;
  followChoices(services, connection, compareView, target, () => stateOf(services, folder));
  connection.onRequest(compareView.comparison, async (runId) => {
    const run = runs.get(folder, runId);
    const evaluation = run && evaluationOf(run);
    if (evaluation === undefined)
      throw new UserError('unknown-run', vscode.l10n.t('The run has been deleted.'));
    return readComparison(evaluation);
  });
  connection.onRequest(compareView.evaluate, async (name) => {
    const project = projects.get(folder);
    const concept = project?.concepts.find((candidate) => candidate.name === name);
    if (concept === undefined)
      throw new UserError('unknown-name', vscode.l10n.t('The project no longer has a concept "{0}".', name));
    await vscode.commands.executeCommand(COMMANDS.evaluateConcept, { project, concept });
  });
  connection.onRequest(compareView.save, (request) => saveFile(folder, request));
}

function stateOf({ projects, runs }: Services, folder: string): CompareViewState {
  const project = projects.get(folder);
  if (project === undefined) return absentProject(projects, folder);
  const concepts = evaluatedConcepts(project, runs.runs);
  if (concepts.length > 0) return { kind: 'ready', concepts };
  return {
    kind: 'empty',
    message: vscode.l10n.t('The project has no concepts yet.'),
    action: { label: vscode.l10n.t('New Concept'), command: COMMANDS.newConcept },
  };
}
