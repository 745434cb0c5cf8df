import type { LoadedConcept } from '../../project/load.ts';

export interface TagGroup {
  /** Absent for the concepts that have none. */
  readonly tag?: string;
  readonly concepts: readonly LoadedConcept[];
}

/** The concepts below each of their tags, by name of the tag; last those without one, where there are any. */
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
