import type { Problem } from './problem.ts';
import type { ConceptConfig } from './schema/concept-schema.ts';
import type { TrainingConfig } from './schema/training-schema.ts';

export interface LoadedConcept {
  /** Absolute path of the file. */
  path: string;
  name: string;
  prompt: string;
  tags: string[];
  /** As in `config`, with absolute paths. */
  pairs: ConceptConfig['pairs'];
  config: ConceptConfig;
}

export interface LoadedTraining {
  /** Absolute path of the file. */
  path: string;
  /** The file name without `.training.yaml`. */
  name: string;
  /** `extends` resolved and defaults filled in. */
  config: TrainingConfig;
}

/** A folder of concepts and training configs. */
export interface Project {
  /** Absolute path. */
  folder: string;
  /** Those without a mistake of their own, sorted by path; names are unique. */
  concepts: LoadedConcept[];
  /** Those without a mistake of their own, sorted by path. */
  trainings: LoadedTraining[];
  /** Every mistake in every file, and between files. */
  problems: Problem[];
}
