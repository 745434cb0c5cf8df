import { TRAINING_SUFFIX } from '../paths.ts';
import type { Problem } from '../problem.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../project.ts';

/**
 * Errors that prevent a run: those in its training config and its concept. A run for all concepts is prevented by an error
 * in any concept file, since a concept with a mistake would silently be missing.
 */
export function blockingProblems(
  project: Project,
  training: LoadedTraining,
  concept: LoadedConcept | undefined,
): Problem[] {
  const concerns = ({ file }: Problem) =>
    TRAINING_SUFFIX.test(file) ? file === training.path : concept === undefined || file === concept.path;
  return project.problems.filter((problem) => problem.severity === 'error' && concerns(problem));
}
