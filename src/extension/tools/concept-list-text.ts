import { basename } from 'node:path';
import { pairsText } from '../../project/files/pair-source.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/load.ts';
import { CONCEPT_SUFFIX, toProjectPath } from '../../project/paths.ts';
import { heldOutConcepts, zooConcepts } from '../../project/selection.ts';
import type { ProjectArtifacts } from '../artifacts/project-artifacts.ts';
import { CONCEPT_STAGES, type ConceptStage, conceptProgress } from '../concepts/concept-stage.ts';
import { metricsText } from '../runs/metrics-text.ts';
import type { Run } from '../runs/run-state.ts';
import { listed, namesOf } from './tool-choices.ts';

/** Maximum number of concepts listed. */
const MAX_CONCEPTS = 100;

const STAGE_WORDS: Record<ConceptStage, string> = {
  pairs: 'pairs',
  zoo: 'zoo member',
  denoised: 'denoised weights',
  fineTuned: 'fine-tuned weights',
};

/**
 * Describes a project and its concepts for a model.
 * @param concepts the concepts to list
 * @param runs newest first
 */
export function conceptListText(
  project: Project,
  concepts: readonly LoadedConcept[],
  made: ProjectArtifacts,
  runs: readonly Run[],
): string {
  const broken = brokenConcepts(project);
  const more = concepts.length - MAX_CONCEPTS;
  return [
    `Project ${project.folder}`,
    `Training configs: ${namesOf(project.trainings)}`,
    `Trained base generators: ${listed([...made.bases.keys()])}`,
    `Zoos (number of members): ${listed(made.zoo.map(({ baseHash, members }) => `on base ${baseHash} (${members.size})`))}`,
    `Trained weight generators: ${listed([...made.weightGenerators.keys()])}`,
    ...(broken.length > 0
      ? [`Concept files omitted because of errors (see dnw_validateProject): ${listed(broken)}`]
      : []),
    '',
    `Concepts listed: ${concepts.length} of ${project.concepts.length}. "has" lists which of these exist: ${Object.values(STAGE_WORDS).join(', ')}.`,
    ...concepts.slice(0, MAX_CONCEPTS).map((concept) => conceptLine(project, concept, made, runs)),
    ...(more > 0 ? [`(${more} more concepts omitted: specify \`tag\`)`] : []),
  ].join('\n');
}

function conceptLine(
  project: Project,
  concept: LoadedConcept,
  made: ProjectArtifacts,
  runs: readonly Run[],
): string {
  const progress = conceptProgress(project.folder, concept, made, runs);
  const has = CONCEPT_STAGES.filter((stage) => progress.made[stage] !== undefined);
  const { active, measured } = progress;
  const metrics = metricsText(measured?.status.metrics?.values);
  const facts = [
    `prompt ${JSON.stringify(concept.prompt)}`,
    `tags: ${listed(concept.tags)}`,
    `pairs: ${pairsText(concept.pairs, (path) => toProjectPath(project.folder, path))}`,
    ...project.trainings.map((training) => roleText(project, training, concept)),
    `has: ${listed(has.map((stage) => STAGE_WORDS[stage]))}`,
    ...(active ? [`active run: ${active.id}`] : []),
    ...(measured && metrics ? [`latest metrics: ${metrics} (run ${measured.id})`] : []),
  ];
  return `- ${concept.name}: ${facts.join('; ')}`;
}

function roleText(project: Project, training: LoadedTraining, concept: LoadedConcept): string {
  const role = zooConcepts(project, training).includes(concept)
    ? 'in the zoo of'
    : heldOutConcepts(project, training).includes(concept)
      ? 'held out by'
      : 'neither in the zoo nor held out by';
  return `${role} ${training.name}`;
}

function brokenConcepts({ problems, concepts }: Project): string[] {
  const whole = new Set(concepts.map(({ path }) => path));
  const files = problems
    .filter(({ file, severity }) => severity === 'error' && CONCEPT_SUFFIX.test(file) && !whole.has(file))
    .map(({ file }) => basename(file));
  return [...new Set(files)];
}
