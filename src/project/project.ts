import type { Problem } from './problem.ts';
import type { ConceptConfig } from './schema/concept-schema.ts';
import type { TrainingConfig } from './schema/training-schema.ts';

export interface LoadedConcept {
  /** Absolute path of the file. */
  path: string;
  name: string;
  prompt: string;
  tags: string[];
  /** The pairs of `config`, with absolute paths. */
  pairs: ConceptConfig['pairs'];
  config: ConceptConfig;
}

export interface LoadedTraining {
  /** Absolute path of the file. */
  path: string;
  /** The file name without `.training.yaml`. */
  name: string;
  /** The config with `extends` resolved and defaults filled in. */
  config: TrainingConfig;
}

/** A folder of concepts and training configs. */
export interface Project {
  /** Absolute path. */
  folder: string;
  /** Concepts whose files have no mistakes, sorted by path; names are unique. */
  concepts: LoadedConcept[];
  /** Training configs whose files have no mistakes, sorted by path. */
  trainings: LoadedTraining[];
  /** Every mistake in the files, and every mismatch between files. */
  problems: Problem[];
}
