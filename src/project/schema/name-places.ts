import type { KeyPath } from '../yaml/key-path.ts';

export type NameKind = 'concept' | 'tag';

/** The kinds of things that the value at a path may name; empty for values that are not names. */
export function nameKindsAt(path: KeyPath): readonly NameKind[] {
  const [section, key, third, fourth] = path;
  if (path.length === 1) return section === 'name' ? ['concept'] : [];
  if (path.length === 2) return section === 'tags' && typeof key === 'number' ? ['tag'] : [];
  if (section !== 'collect' && section !== 'base') return [];
  if (path.length === 3 && typeof third === 'number') {
    if (key === 'concepts') return ['concept'];
    return section === 'collect' && key === 'holdOut' ? ['concept', 'tag'] : [];
  }
  const isTag =
    path.length === 4 && (third === 'include' || third === 'exclude') && typeof fourth === 'number';
  return key === 'concepts' && isTag ? ['tag'] : [];
}

/** The lists of names in concepts and training configs. Each of them is a set. */
export const NAME_LISTS: readonly KeyPath[] = [
  ['tags'],
  ...['collect', 'base'].flatMap((section) => [
    [section, 'concepts'],
    [section, 'concepts', 'include'],
    [section, 'concepts', 'exclude'],
  ]),
  ['collect', 'holdOut'],
];
