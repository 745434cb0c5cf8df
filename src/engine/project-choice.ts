import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { blockingProblems } from '../project/checks/blocking-problems.ts';
import { namesTaken } from '../project/disk/passed-over.ts';
import type { LoadedConcept, LoadedTraining, Problem, Project } from '../project/load.ts';
import { formOf, itemNamed } from '../project/names.ts';
import { nearestNames } from '../project/nearest.ts';
import { nameFromFile, projectPaths, TRAINING_SUFFIX, toProjectPath } from '../project/paths.ts';
import { problemsError } from '../project/problem.ts';
import { UsageError } from './exit-codes.ts';

/**
 * The project folder: the given one, or the nearest at or above the working directory.
 * @throws UsageError if there is no project
 */
export function findProjectFolder(given: string | undefined): string {
  if (given !== undefined) {
    const folder = resolve(given);
    if (isProjectFolder(folder)) return folder;
    throw new UsageError(
      'no-project',
      `--project ${given}: no project in this folder. A project is a folder with a *.training.yaml file and a concepts folder.`,
    );
  }
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (isProjectFolder(folder)) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new UsageError(
    'no-project',
    `${process.cwd()}: no project in this folder or above it. Go to a folder with a *.training.yaml file and a concepts folder, or name one with --project.`,
  );
}

/** Whether the path is an existing folder; false for a file. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isProjectFolder(folder: string): boolean {
  if (existsSync(join(folder, 'concepts'))) return true;
  if (!isFolder(folder)) return false;
  return namesTaken(readdirSync(folder)).some((name) => TRAINING_SUFFIX.test(name));
}

/**
 * The training config of that name, or the only one.
 * @throws UsageError that lists the choices, or what is wrong in the files
 */
export function chooseTraining(project: Project, name: string | undefined): LoadedTraining {
  const { trainings, problems } = project;
  const broken = problems.filter(({ file, severity }) => severity === 'error' && TRAINING_SUFFIX.test(file));
  if (name === undefined) {
    if (trainings.length === 1) return trainings[0]!;
    if (trainings.length === 0) {
      if (broken.length > 0) throw new UsageError(...problemsError(broken));
      throw new UsageError(
        'no-training-config',
        `${project.folder}: no *.training.yaml file. Add one with the line: extends: preset:fast`,
      );
    }
    throw new UsageError(
      'choice-needed',
      `Which training config? Name one with --training: ${names(trainings)}.`,
    );
  }
  const found = itemNamed(trainings, name);
  if (found) return found;
  const own = broken.filter(({ file }) => formOf(nameFromFile(file)) === formOf(name));
  if (own.length > 0) throw new UsageError(...problemsError(own));
  throw new UsageError('unknown-name', unknown('--training', 'training config', name, trainings));
}

/** @throws UsageError that lists the choices, or what is wrong in the concept's file */
export function chooseConcept(project: Project, name: string): LoadedConcept {
  const found = itemNamed(project.concepts, name);
  if (found) return found;
  const own = project.problems.filter(
    ({ file, severity }) => severity === 'error' && formOf(nameFromFile(file)) === formOf(name),
  );
  if (own.length > 0) throw new UsageError(...problemsError(own));
  throw new UsageError('unknown-name', unknown('--concept', 'concept', name, project.concepts));
}

/** @throws UsageError that says what concept files are called, if the project has none */
export function refuseNoConcepts({ folder, concepts, problems }: Project): void {
  const isOfConcept = ({ file }: Problem) => file.startsWith(projectPaths(folder).concepts + sep);
  if (concepts.length > 0 || problems.some((problem) => problem.severity === 'error' && isOfConcept(problem)))
    return;
  const strays = problems
    .filter((problem) => problem.kind === 'not-read' && isOfConcept(problem))
    .map(({ file }) => toProjectPath(folder, file));
  const hint =
    strays.length === 0
      ? ''
      : `; ${strays.slice(0, 3).join(', ')} ${strays.length === 1 ? 'does' : 'do'} not`;
  throw new UsageError(
    'no-concepts',
    `${projectPaths(folder).concepts}: no concepts. Their files end in .concept.yaml${hint}.`,
  );
}

/** @throws UsageError that lists the mistakes that prevent a run from starting */
export function refuseProblems(
  project: Project,
  training: LoadedTraining,
  concept: LoadedConcept | undefined,
): void {
  const errors = blockingProblems(project, training, concept);
  if (errors.length > 0) throw new UsageError(...problemsError(errors));
}

/** As `refuseProblems`, for the training config's own file alone: without reading images, no other file has to be valid. */
export function refuseConfigProblems(project: Project, training: LoadedTraining): void {
  const problems = project.problems.filter(({ file }) => file === training.path);
  refuseProblems({ ...project, problems }, training, undefined);
}

export function names(items: readonly { name: string }[]): string {
  return items.length === 0 ? 'none' : items.map(({ name }) => name).join(', ');
}

function unknown(flag: string, what: string, name: string, choices: readonly { name: string }[]): string {
  const [near] = nearestNames(
    name,
    choices.map((choice) => choice.name),
  );
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return `${flag} ${name}: no such ${what}.${hint} Available: ${names(choices)}.`;
}
