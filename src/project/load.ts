import { resolve } from 'node:path';
import { crossChecks } from './checks/cross-checks.ts';
import { DiskView } from './disk/disk-view.ts';
import { type ProjectFiles, readConcept, readProjectFiles, readTraining } from './files/project-files.ts';
import { foldOf } from './names.ts';
import { listedProblems, type Problem, throwOnErrors } from './problem.ts';
import type { LoadedConcept, LoadedTraining, Project } from './project.ts';
import { readYaml } from './yaml/read.ts';

export type { Problem } from './problem.ts';
export type { LoadedConcept, LoadedTraining, Project } from './project.ts';

/**
 * Reads one concept file.
 * @throws UserError that lists every mistake in the file
 */
export async function loadConcept(path: string): Promise<LoadedConcept> {
  const { concept, problems } = await readConcept(resolve(path), readYaml);
  throwOnErrors(problems);
  return concept!;
}

/**
 * Reads one training config and the files that it extends.
 * @throws UserError that lists every mistake in these files
 */
export async function loadTraining(path: string): Promise<LoadedTraining> {
  const { training, problems } = await readTraining(resolve(path), readYaml);
  throwOnErrors(problems);
  return training!;
}

/**
 * Reads a whole project. Mistakes do not make it throw: they are listed in `problems`, and `concepts` and `trainings`
 * leave out the files that have them.
 * @param view a new view, to see the project as it is now
 */
export async function loadProject(folder: string, view = new DiskView()): Promise<Project> {
  return checkProject(await readProjectFiles(folder, view, new Map()), view);
}

/** Like `loadProject`, for files that have already been read. */
export async function checkProject(files: ProjectFiles, view: DiskView): Promise<Project> {
  const own = [...files.concepts, ...files.trainings].flatMap((file) => file.problems);
  const across = await crossChecks(files, view);
  const named = new Map<string, LoadedConcept>();
  for (const { concept } of files.concepts) {
    if (concept && !named.has(foldOf(concept.name))) named.set(foldOf(concept.name), concept);
  }
  return {
    folder: files.folder,
    concepts: [...named.values()],
    trainings: files.trainings.flatMap(({ training }) => training ?? []),
    problems: listedProblems(withoutRepeats([...own, ...files.strays, ...across])),
  };
}

/** Problems without repeats: a file that several configs extend is read once for each. */
function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const seen = new Map<string, Problem>();
  for (const problem of problems) {
    const { file, line, column, message } = problem;
    const id = JSON.stringify([file, line, column, message]);
    if (!seen.has(id)) seen.set(id, problem);
  }
  return [...seen.values()];
}
