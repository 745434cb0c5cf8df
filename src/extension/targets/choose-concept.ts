import { latestConcept } from '../artifacts/project-artifacts.ts';
import type { Services } from '../services.ts';
import { chooseProject, givenConcept } from './targets.ts';

/**
 * What a command shows in a panel about a project's concepts: the concept that it was called on, else the latest that
 * has weights.
 * @returns undefined if the user chose no project
 */
export async function chooseConceptTarget(
  services: Services,
  target: unknown,
): Promise<{ project: string; concept: string | undefined } | undefined> {
  const project = await chooseProject(services, target);
  if (project === undefined) return undefined;
  const concept = givenConcept(project, target)?.name ?? latestConcept(services.artifacts.of(project.folder));
  return { project: project.folder, concept };
}
