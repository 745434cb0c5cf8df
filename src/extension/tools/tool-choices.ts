import { basename, normalize, resolve } from 'node:path';
import type { LoadedConcept, LoadedTraining, Problem, Project } from '../../project/load.ts';
import { itemNamed } from '../../project/names.ts';
import { nearestNames } from '../../project/nearest.ts';
import { nameFromFile } from '../../project/paths.ts';
import { formatProblem } from '../../project/problem.ts';
import { UserError } from '../../project/user-error.ts';
import { isActive, type Run } from '../runs/run-state.ts';

/**
 * Finds what a tool call refers to. A model cannot be shown a picker as a person can, so an ambiguous or unknown name
 * is an error that lists the valid names, and the model's next call can be right. These texts are for models and are
 * not translated.
 */

/** Maximum number of names that an error lists. */
const MAX_NAMES = 50;
const MAX_RUNS = 10;

/**
 * @param wanted absolute, relative to a workspace folder, or the folder's own name
 * @param workspaceFolders absolute paths
 * @throws UserError that names the projects
 */
export function chooseProject(
  projects: readonly Project[],
  wanted: string | undefined,
  workspaceFolders: readonly string[],
): Project {
  if (projects.length === 0) {
    throw new UserError(
      'no-project',
      'The workspace has no project: none of its folders contains a training config (*.training.yaml). ' +
        'Create one that contains the line `extends: preset:fast`',
    );
  }
  const all = `Projects: ${listed(projects.map(({ folder }) => folder))}.`;
  if (wanted === undefined) {
    if (projects.length === 1) return projects[0]!;
    throw new UserError('choice-needed', `The workspace has several projects: specify \`project\`. ${all}`);
  }
  const paths = new Set(workspaceFolders.map((folder) => withoutSlash(resolve(folder, wanted))));
  const found = projects.filter(
    ({ folder }) => paths.has(folder) || folder === withoutSlash(normalize(wanted)),
  );
  if (found.length === 1) return found[0]!;
  const named = projects.filter(({ folder }) => basename(folder) === withoutSlash(wanted));
  if (found.length === 0 && named.length === 1) return named[0]!;
  const problem = found.length + named.length === 0 ? 'no such project' : 'several projects match';
  throw new UserError('unknown-name', `project "${wanted}": ${problem}. ${all}`);
}

/** @throws UserError that names the training configs, or lists the problems in the file of the requested one */
export function chooseTraining(project: Project, wanted: string | undefined): LoadedTraining {
  const { trainings } = project;
  if (wanted !== undefined) return named('training', 'training config', project, trainings, wanted);
  if (trainings.length === 1) return trainings[0]!;
  if (trainings.length === 0) {
    throw new UserError(
      project.problems.find(isError)?.kind ?? 'no-training-config',
      `Every training config in ${project.folder} has errors.\n${formatErrors(project.problems)}`,
    );
  }
  throw new UserError(
    'choice-needed',
    `The project has several training configs: specify \`training\`. Available: ${namesOf(trainings)}.`,
  );
}

/** @throws UserError that names the concepts, or lists the problems in the file of the requested one */
export function chooseConcept(project: Project, wanted: string): LoadedConcept {
  return named('concept', 'concept', project, project.concepts, wanted);
}

/**
 * The run with that id; without an id, the active run, or the newest if none is active.
 * @param runs newest first
 * @throws UserError that names the runs
 */
export function chooseRun(runs: readonly Run[], wanted: string | undefined): Run {
  if (runs.length === 0)
    throw new UserError('unknown-run', 'There are no runs yet. Start one with dnw_startRun.');
  if (wanted === undefined) {
    const active = runs.filter(isActive);
    if (active.length > 1) {
      throw new UserError('choice-needed', `Several runs are active: specify \`run\`.\n${runList(active)}`);
    }
    return active[0] ?? runs[0]!;
  }
  const found = runs.filter(({ id }) => id === wanted);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    const projects = found.map(({ project }) => project);
    throw new UserError(
      'choice-needed',
      `Several projects have a run ${wanted}: specify \`project\`. Available: ${listed(projects)}.`,
    );
  }
  throw new UserError('unknown-run', `run "${wanted}": no such run. The newest runs are:\n${runList(runs)}`);
}

function runList(runs: readonly Run[]): string {
  const lines = runs
    .slice(0, MAX_RUNS)
    .map(
      ({ id, state, record }) => `- ${id}: ${state}${record ? `, ${record.stage} of ${record.name}` : ''}`,
    );
  const more = runs.length - MAX_RUNS;
  return [...lines, ...(more > 0 ? [`- and ${more} older runs`] : [])].join('\n');
}

function named<T extends { readonly name: string }>(
  key: string,
  what: string,
  { problems }: Project,
  choices: readonly T[],
  wanted: string,
): T {
  const found = itemNamed(choices, wanted);
  if (found !== undefined) return found;
  const own = problems.filter(({ file, severity }) => severity === 'error' && nameFromFile(file) === wanted);
  if (own.length > 0)
    throw new UserError(own[0]!.kind, `${key} "${wanted}" has errors:\n${own.map(formatProblem).join('\n')}`);
  const [near] = nearestNames(
    wanted,
    choices.map(({ name }) => name),
  );
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  throw new UserError(
    'unknown-name',
    `${key} "${wanted}": no such ${what}.${hint} Available: ${namesOf(choices)}.`,
  );
}

const isError = ({ severity }: Problem) => severity === 'error';
const withoutSlash = (path: string) => path.replace(/(?<=.)[/\\]+$/, '');

export const formatErrors = (problems: readonly Problem[]) =>
  problems.filter(isError).map(formatProblem).join('\n');

export const namesOf = (items: readonly { readonly name: string }[]) => listed(items.map(({ name }) => name));

/** Names on one line, cut off if there are many; "none" if there are none. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length - MAX_NAMES;
  return `${names.slice(0, MAX_NAMES).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
