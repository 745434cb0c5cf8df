import { representativeConcepts } from '../pipeline/weights/base-concepts.ts';
import type { DiskView } from '../project/disk/disk-view.ts';
import { hashContent } from '../project/disk/file-hash.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../project/load.ts';
import type { RunInputs } from '../project/runs/run-inputs.ts';
import { baseConcepts, heldOutConcepts, zooConcepts } from '../project/selection.ts';
import { conceptInputs } from '../project/zoo/concept-inputs.ts';
import { ImageStamps } from '../project/zoo/image-stamps.ts';
import type { RunConcept, RunRecord } from '../protocol/run.ts';
import { type Stage, type StageOptions, stageEntry } from '../protocol/stages.ts';
import { inputHashes } from './input-hashes.ts';

/** Everything besides config and options that decides the result of a run that begins now. */
export async function runInputs(
  stage: Stage,
  project: Project,
  training: LoadedTraining,
  options: StageOptions,
  view: DiskView,
): Promise<Required<RunInputs>> {
  const inputs: readonly string[] = stageEntry(stage).inputs;
  const stamps = new ImageStamps(view);
  const concepts: Record<string, RunConcept> = {};
  const used = inputs.includes('concept') ? await usedConcepts(stage, project, training, options) : [];
  for (const concept of used) {
    const { images, ...written } = await conceptInputs(concept, stamps);
    concepts[concept.name] = inputs.includes('images') ? { ...written, images } : written;
  }
  return { hashes: await inputHashes(stage, project, training, options.zoo), concepts };
}

/** The same inputs now, in the form of the run's record: earlier versions recorded a hash of the named concept. */
export async function recordedInputs(
  record: RunRecord,
  project: Project,
  training: LoadedTraining,
  view: DiskView,
): Promise<RunInputs> {
  const options = record.options as StageOptions;
  if (record.concepts !== undefined) return runInputs(record.stage, project, training, options, view);
  const hashes = await inputHashes(record.stage, project, training, options.zoo);
  const concept = project.concepts.find(({ name }) => name === options.concept);
  if (concept !== undefined) hashes.concept = hashContent(JSON.stringify(concept.config));
  // Later versions look at more inputs.
  return { hashes: Object.fromEntries(Object.entries(hashes).filter(([name]) => name in record.hashes)) };
}

/** The concepts whose files a stage works on, or chooses from. */
async function usedConcepts(
  stage: Stage,
  project: Project,
  training: LoadedTraining,
  options: StageOptions,
): Promise<readonly LoadedConcept[]> {
  const named = project.concepts.filter(({ name }) => name === options.concept);
  switch (stage) {
    case 'train-base': {
      const seed = options.seed ?? training.config.seed;
      // Without a concept, the stage says what to do.
      if (baseConcepts(project, training).count === 0) return [];
      return representativeConcepts(project, training, seed);
    }
    case 'collect':
    case 'search-ranks':
      return options.concept === undefined ? zooConcepts(project, training) : named;
    case 'train-generator':
      if (options.zoo !== undefined) return [];
      return [...zooConcepts(project, training), ...heldOutConcepts(project, training)];
    case 'evaluate':
      return [...named, ...heldOutConcepts(project, training), ...zooConcepts(project, training)];
    case 'prepare':
    case 'denoise':
    case 'fine-tune':
    case 'translate':
      return named;
    default:
      // A stage that is not limited to one concept may use any.
      return options.concept === undefined ? project.concepts : named;
  }
}
