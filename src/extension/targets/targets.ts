import { dirname, sep } from 'node:path';
import * as vscode from 'vscode';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/load.ts';
import { CONCEPT_SUFFIX, TRAINING_SUFFIX } from '../../project/paths.ts';
import { problemsError } from '../../project/problem.ts';
import { UserError } from '../../project/user-error.ts';
import type { ErrorKind } from '../../protocol/errors.ts';
import { checkComparable, comparableRuns, pickComparableRuns } from '../runs/choose-runs.ts';
import type { Run } from '../runs/run-state.ts';
import { progressText, runLabel, stateTitle } from '../runs/run-wording.ts';
import type { Services } from '../services.ts';

/**
 * Finds what a command acts on. Commands are called from the palette (without arguments), from an editor title or a
 * code lens (with a file's URI), and from a tree (with its node); the user is asked for what is missing. Every
 * `choose...` returns undefined if the user dismisses the picker.
 */

export interface ConceptTarget {
  project: Project;
  concept: LoadedConcept;
}

/** A node of one of the trees, or the arguments from another command. */
interface NodeTarget {
  project?: Project;
  concept?: LoadedConcept | string;
  /** Concepts of a group. */
  concepts?: readonly LoadedConcept[];
  training?: string;
}

function isNode(target: unknown): target is NodeTarget {
  return (
    typeof target === 'object' && target !== null && 'project' in target && typeof target.project === 'object'
  );
}

/** The file that a command was called on, or the one in the active editor. */
function fileOf(target: unknown): string | undefined {
  if (target instanceof vscode.Uri) return target.fsPath;
  return target === undefined ? vscode.window.activeTextEditor?.document.uri.fsPath : undefined;
}

export async function chooseProject(services: Services, target: unknown): Promise<Project | undefined> {
  const { projects } = services.projects;
  if (isNode(target)) return target.project;
  const file = fileOf(target);
  const containing = projects
    .filter(({ folder }) => file?.startsWith(folder + sep))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
  if (containing !== undefined) return containing;
  if (projects.length === 0) {
    if (!vscode.workspace.workspaceFolders?.length) {
      throw new UserError('bad-selection', vscode.l10n.t('Open a folder first.'));
    }
    throw new UserError(
      'no-training-config',
      vscode.l10n.t('The workspace has no training config (*.training.yaml) yet. Create one first.'),
    );
  }
  if (projects.length === 1) return projects[0];
  const items = projects.map((project) => ({
    label: vscode.workspace.asRelativePath(project.folder),
    description: vscode.l10n.t('{0} concepts', project.concepts.length),
    project,
  }));
  const placeHolder = vscode.l10n.t('Select a project');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.project;
}

/** The concept of a tree node, of the given file or of the active editor; otherwise the user is asked. */
export async function chooseConcept(services: Services, target: unknown): Promise<ConceptTarget | undefined> {
  const project = await chooseProject(services, target);
  if (project === undefined) return undefined;
  const given = givenConcept(project, target);
  if (given !== undefined) return { project, concept: given };
  if (project.concepts.length === 0) {
    throw new UserError(
      'no-concepts',
      vscode.l10n.t(
        'The project has no concept without errors. Create one, or fix the errors in the Problems view.',
      ),
    );
  }
  const items = project.concepts.map((concept) => ({
    label: concept.name,
    description: concept.prompt,
    concept,
  }));
  const placeHolder = vscode.l10n.t('Select a concept');
  const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  return chosen && { project, concept: chosen.concept };
}

/** The concept that a command was called on, without asking. */
export function givenConcept(project: Project, target: unknown): LoadedConcept | undefined {
  if (isNode(target)) {
    const { concept } = target;
    return typeof concept === 'string' ? project.concepts.find(({ name }) => name === concept) : concept;
  }
  const file = fileOf(target);
  if (file === undefined || !CONCEPT_SUFFIX.test(file)) return undefined;
  const concept = project.concepts.find(({ path }) => path === file);
  if (concept === undefined) throw new UserError(...errorsOf(project, file));
  return concept;
}

/** A project and the concepts of it that a command acts on. */
export interface ConceptsTarget {
  project: Project;
  concepts: readonly LoadedConcept[];
}

/**
 * The concepts of all selected tree nodes, including those below a selected tag, each once and grouped by project;
 * undefined if there are none.
 * @param selected the selection that VS Code passes after the clicked node
 */
export function selectedConcepts(target: unknown, selected: unknown): ConceptsTarget[] | undefined {
  const nodes = Array.isArray(selected) && selected.length > 0 ? selected : [target];
  const byProject = new Map<Project, Map<string, LoadedConcept>>();
  for (const node of nodes) {
    if (!isNode(node) || node.project === undefined) continue;
    const { project, concept, concepts } = node;
    const named =
      concept === undefined
        ? (concepts ?? [])
        : project.concepts.filter((each) => each === concept || each.name === concept);
    const known = byProject.get(project) ?? new Map<string, LoadedConcept>();
    for (const each of named) known.set(each.path, each);
    if (known.size > 0) byProject.set(project, known);
  }
  const targets = [...byProject].map(([project, concepts]) => ({
    project,
    concepts: [...concepts.values()],
  }));
  return targets.length > 0 ? targets : undefined;
}

export async function chooseTraining(project: Project, target: unknown): Promise<LoadedTraining | undefined> {
  const { trainings } = project;
  const file = fileOf(target);
  if (file !== undefined && TRAINING_SUFFIX.test(file) && dirname(file) === project.folder) {
    const training = trainings.find(({ path }) => path === file);
    if (training === undefined) throw new UserError(...errorsOf(project, file));
    return training;
  }
  const named = isNode(target) ? trainings.find(({ name }) => name === target.training) : undefined;
  if (named !== undefined) return named;
  if (trainings.length === 0) {
    throw new UserError(
      'no-training-config',
      vscode.l10n.t(
        'The project has no training config without errors. Fix the errors in the Problems view.',
      ),
    );
  }
  if (trainings.length === 1) return trainings[0];
  const items = trainings.map((training) => ({
    label: training.name,
    description: vscode.l10n.t('{0} pixels, {1}', training.config.image.size, training.config.generator.kind),
    training,
  }));
  const placeHolder = vscode.l10n.t('Select a training config');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.training;
}

/**
 * The runs that a command was called on: all that are selected in the tree, of any kind; otherwise the user selects one
 * of the given kind, or none.
 * @param none message if there is no such run
 */
export async function chooseRuns(
  services: Services,
  target: unknown,
  selected: unknown,
  kind: (run: Run) => boolean,
  none: string,
): Promise<readonly Run[]> {
  if (!Array.isArray(selected) || selected.length < 2) {
    const run = await chooseRun(services, target, kind, none);
    return run === undefined ? [] : [run];
  }
  return selected.flatMap((node) => givenRun(services, node) ?? []);
}

/**
 * A run of the given kind: the one that the command was called on, or one that the user selects.
 * @param none message if there is no such run
 */
export async function chooseRun(
  services: Services,
  target: unknown,
  kind: (run: Run) => boolean,
  none: string,
): Promise<Run | undefined> {
  const given = givenRun(services, target);
  if (given !== undefined) return given;
  const items = services.runs.runs.filter(kind).map((run) => ({
    label: runLabel(run),
    description: [stateTitle(run), progressText(run.status)].filter(Boolean).join(', '),
    detail: run.id,
    run,
  }));
  if (items.length === 0) throw new UserError('unknown-run', none);
  if (items.length === 1) return items[0]?.run;
  const placeHolder = vscode.l10n.t('Select a run');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.run;
}

/**
 * Two or more runs, the first being the one that the others are compared with: the selected runs if the command was
 * called on several; otherwise the user selects them, starting with the one that the command was called on.
 * @throws UserError if there are too few or too many
 */
export async function chooseComparedRuns(
  services: Services,
  target: unknown,
  selected: unknown,
): Promise<Run[] | undefined> {
  const given = givenRun(services, target);
  const marked = Array.isArray(selected) ? selected.flatMap((node) => givenRun(services, node) ?? []) : [];
  const first = given === undefined ? marked : [given, ...marked.filter((run) => run !== given)];
  if (first.length > 1) {
    checkComparable(first.length);
    return first;
  }
  const candidates = comparableRuns(services.runs.runs);
  if (candidates.length < 2)
    throw new UserError('bad-selection', vscode.l10n.t('There are not yet two runs to compare.'));
  const title = vscode.l10n.t('Compare Runs');
  const chosen = await pickComparableRuns(candidates, { title, picked: first.map(({ folder }) => folder) });
  if (chosen === undefined) return undefined;
  if (chosen.length < 2)
    throw new UserError('bad-selection', vscode.l10n.t('Select at least two runs to compare.'));
  checkComparable(chosen.length);
  return chosen.sort((a, b) => Number(b === given) - Number(a === given));
}

/** The current state of a tree node's run; the node's own may be older. */
export function givenRun(services: Services, target: unknown): Run | undefined {
  if (typeof target !== 'object' || target === null || !('id' in target) || !('project' in target))
    return undefined;
  const { project, id } = target;
  return typeof project === 'string' && typeof id === 'string' ? services.runs.get(project, id) : undefined;
}

/** Kind and message of the error that a file is not a valid part of its project. */
function errorsOf(project: Project, file: string): [ErrorKind, string] {
  const errors = project.problems.filter((problem) => problem.file === file && problem.severity === 'error');
  if (errors.length > 0) return problemsError(errors);
  const message = vscode.l10n.t(
    '{0} does not belong to a project: concept files must be in a concepts/ folder next to a *.training.yaml file.',
    file,
  );
  return ['no-project', message];
}
