import { toProjectPath } from '../../project/paths.ts';
import type { Artifact } from '../../protocol/stage-entry.ts';
import type { Artifact as ArtifactFile, ProjectArtifacts } from '../artifacts/project-artifacts.ts';
import { isActive, type Run } from '../runs/run-state.ts';

/** What stages make for a concept, in the order of the method. */
export const CONCEPT_STAGES = [
  'pairs',
  'zoo',
  'denoised',
  'fineTuned',
] as const satisfies readonly Artifact[];
export type ConceptStage = (typeof CONCEPT_STAGES)[number];

export function isConceptStage(artifact: Artifact | undefined): artifact is ConceptStage {
  return CONCEPT_STAGES.some((stage) => stage === artifact);
}

/** The progress of a concept through the stages. */
export interface ConceptProgress {
  readonly made: Readonly<Partial<Record<ConceptStage, ArtifactFile>>>;
  /** The last stage that it has completed; undefined if there is none. */
  readonly furthest?: ConceptStage;
  /** The active run that is working on it. */
  readonly active?: Run;
  /** Its newest run with metrics. */
  readonly measured?: Run;
  /** The newest run with a sample image of it. */
  readonly pictured?: Run;
}

/**
 * The progress of a concept, from the artifacts and runs of its project.
 * @param concept name and absolute path of the concept's file
 * @param runs the project's runs, newest first
 */
export function conceptProgress(
  project: string,
  concept: { name: string; path: string },
  artifacts: ProjectArtifacts,
  runs: readonly Run[],
): ConceptProgress {
  const made: Partial<Record<ConceptStage, ArtifactFile>> = {
    pairs: artifacts.pairs.get(concept.name),
    zoo: artifacts.zoo.find(({ members }) => members.has(concept.name))?.members.get(concept.name),
    denoised: artifacts.denoised.get(concept.name),
    fineTuned: artifacts.fineTuned.get(concept.name),
  };
  const file = toProjectPath(project, concept.path);
  const about = runs.filter((run) => run.project === project && run.record?.concept === file);
  const worksOn = (run: Run) => run.record?.concept === file || run.status.progress?.concept === concept.name;
  return {
    made,
    furthest: CONCEPT_STAGES.findLast((stage) => made[stage] !== undefined),
    active: runs.find((run) => run.project === project && isActive(run) && worksOn(run)),
    measured: about.find(({ status }) => status.metrics !== undefined),
    pictured: runs.find(
      ({ project: of, record, status: { sample } }) =>
        of === project &&
        sample !== undefined &&
        (sample.concept === undefined ? record?.concept === file : sample.concept === concept.name),
    ),
  };
}
