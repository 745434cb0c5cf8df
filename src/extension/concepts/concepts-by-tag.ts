import type { LoadedConcept } from '../../project/load.ts';

export interface TagGroup {
  /** Absent for the concepts without tags. */
  readonly tag?: string;
  readonly concepts: readonly LoadedConcept[];
}

/** The concepts grouped by tag, sorted by tag; those without a tag come last, if there are any. */
export function conceptsByTag(concepts: readonly LoadedConcept[]): TagGroup[] {
  const groups = new Map<string, LoadedConcept[]>();
  for (const concept of concepts) {
    for (const tag of new Set(concept.tags)) groups.set(tag, [...(groups.get(tag) ?? []), concept]);
  }
  const untagged = concepts.filter(({ tags }) => tags.length === 0);
  return [
    ...[...groups]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([tag, tagged]): TagGroup => ({ tag, concepts: tagged })),
    ...(untagged.length > 0 ? [{ concepts: untagged }] : []),
  ];
}
