import { NameSet } from './names.ts';
import type { LoadedConcept, LoadedTraining, Project } from './project.ts';
import type { TrainingConfig } from './schema/training-schema.ts';

/** `all`, a list of names, or tags to include and exclude. */
export type Selection = TrainingConfig['collect']['concepts'];

/**
 * The smallest zoo that a weight generator can learn from: it learns from differences, and fewer members do not show what a
 * word does to the weights.
 */
export const FEWEST_ZOO_MEMBERS = 3;

type Concepts = Pick<Project, 'concepts'>;

/** The selected concepts, in the project's order. Unknown names are ignored here: the checks report them. */
function selectConcepts(concepts: readonly LoadedConcept[], selection: Selection): LoadedConcept[] {
  if (selection === 'all') return [...concepts];
  if (Array.isArray(selection)) {
    const names = new NameSet(selection);
    return concepts.filter(({ name }) => names.has(name));
  }
  const include = selection.include && new NameSet(selection.include);
  const exclude = new NameSet(selection.exclude ?? []);
  return concepts.filter(
    ({ tags }) => (!include || tags.some((tag) => include.has(tag))) && !tags.some((tag) => exclude.has(tag)),
  );
}

/** Concepts that `collect.holdOut` lists by name or tag, in its order: they enter neither the base nor the zoo. */
export function heldOutConcepts(project: Concepts, training: LoadedTraining): LoadedConcept[] {
  const { holdOut } = training.config.collect;
  const found = holdOut.flatMap((entry) =>
    project.concepts.filter(({ name, tags }) => new NameSet([name, ...tags]).has(entry)),
  );
  return [...new Set(found)];
}

/** Concepts whose LoRA weights are collected. */
export function zooConcepts(project: Concepts, training: LoadedTraining): LoadedConcept[] {
  const held = new Set(heldOutConcepts(project, training));
  return selectConcepts(project.concepts, training.config.collect.concepts).filter(
    (concept) => !held.has(concept),
  );
}

/**
 * The concepts that the base may be trained on, and how many of them it uses: if `base.concepts` is a number, that many
 * medoids of the zoo's prompts; if it is a selection, all selected concepts.
 */
export function baseConcepts(
  project: Concepts,
  training: LoadedTraining,
): { candidates: LoadedConcept[]; count: number } {
  const { concepts } = training.config.base;
  if (typeof concepts === 'number') {
    const candidates = zooConcepts(project, training);
    return { candidates, count: Math.min(concepts, candidates.length) };
  }
  const held = new Set(heldOutConcepts(project, training));
  const candidates = selectConcepts(project.concepts, concepts).filter((concept) => !held.has(concept));
  return { candidates, count: candidates.length };
}
