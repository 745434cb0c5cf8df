/**
 * What can be said about a concept's `pairs` without reading pixels: where their files are, what they are called, and what
 * makes them stale. `src/data/pairs.ts` decodes and edits the images described here.
 */

import { folderOf } from '../disk/image-files.ts';
import type { ConceptConfig } from '../schema/concept-schema.ts';
import { EDITOR_NAMES, type Edit, editOf, editText, IMAGE_EDITORS } from '../schema/image-editors.ts';
import { type KeyPath, valueAt } from '../yaml/key-path.ts';

type Pairs = ConceptConfig['pairs'];

/** The ways in which a concept can give its pairs. */
export type PairLayout =
  | { readonly kind: 'aligned'; readonly images: string; readonly direction: 'AtoB' | 'BtoA' }
  | { readonly kind: 'folders'; readonly source: string; readonly folder: string }
  | { readonly kind: 'edited'; readonly source: string; readonly edit: Edit };

export function pairLayout(pairs: Pairs): PairLayout {
  if ('aligned' in pairs) return { kind: 'aligned', images: pairs.aligned, direction: pairs.direction };
  const { source, target } = pairs;
  if ('folder' in target) return { kind: 'folders', source, folder: target.folder };
  return { kind: 'edited', source, edit: editOf(target)! };
}

/** A key of a concept file that names images. */
interface ImageKey {
  readonly path: readonly string[];
  /** What one of the images is called in messages. */
  readonly image: string;
  /** The key of the source images, if these are their edited counterparts, matched by file name. */
  readonly counterpartOf?: readonly string[];
}

const SOURCE = ['pairs', 'source'] as const;

/** Every key that names images; source images come before their counterparts. */
const IMAGE_KEYS: readonly ImageKey[] = [
  { path: ['pairs', 'aligned'], image: 'aligned image' },
  { path: SOURCE, image: 'source image' },
  { path: ['pairs', 'target', 'folder'], image: 'edited image', counterpartOf: SOURCE },
];

/** Every key that names a file that an editor needs. */
const EDITOR_FILE_KEYS: readonly (readonly string[])[] = EDITOR_NAMES.flatMap((name) =>
  IMAGE_EDITORS[name].fileKeys.map((key: readonly string[]) => ['pairs', 'target', name, ...key]),
);

/** Images that a concept names. */
export interface NamedImages {
  /** Key in the concept file. */
  readonly path: KeyPath;
  /** A folder, or a glob; absolute if the concept's paths are. */
  readonly source: string;
  /** What one of the images is called: "source image". */
  readonly image: string;
  /** For edited images: the `source` of the images whose counterparts they are. */
  readonly counterpartOf?: string;
}

/**
 * The images that a concept names.
 * @param concept may be incomplete or wrong, as it is while someone writes it; values that are not paths are left out
 */
export function imagesIn(concept: unknown): NamedImages[] {
  return IMAGE_KEYS.flatMap(({ path, image, counterpartOf }) => {
    const source = pathAt(concept, path);
    if (source === undefined) return [];
    const original = counterpartOf && pathAt(concept, counterpartOf);
    return [{ path: [...path], source, image, ...(original !== undefined && { counterpartOf: original }) }];
  });
}

/** Absolute paths of the files, other than images, that pairs are made with, such as an editor's model. */
export function editorFiles(concept: { readonly pairs: Pairs }): string[] {
  return EDITOR_FILE_KEYS.flatMap((path) => pathAt(concept, path) ?? []);
}

/** The same pairs with every path changed. */
export function mapPaths(pairs: Pairs, change: (path: string) => string): Pairs {
  const changed = { pairs: structuredClone(pairs) };
  for (const path of [...IMAGE_KEYS.map((key) => key.path), ...EDITOR_FILE_KEYS]) {
    const written = pathAt(changed, path);
    if (written === undefined) continue;
    const parent = valueAt(changed, path.slice(0, -1)) as Record<string, unknown>;
    parent[path.at(-1)!] = change(written);
  }
  return changed.pairs;
}

/** The folder of the source images; for a glob, the part before its first wildcard. */
export function sourceFolder(pairs: Pairs): string {
  return folderOf(imagesIn({ pairs })[0]!.source);
}

/**
 * Pairs in words: "images to effects snow, fog".
 * @param shown what to write for an absolute path
 */
export function pairsText(pairs: Pairs, shown: (path: string) => string): string {
  const layout = pairLayout(pairs);
  switch (layout.kind) {
    case 'aligned':
      return `aligned images in ${shown(layout.images)} (${layout.direction})`;
    case 'folders':
      return `${shown(layout.source)} to images of the same names in ${shown(layout.folder)}`;
    case 'edited':
      return `${shown(layout.source)} to ${editText(layout.edit)}`;
  }
}

function pathAt(concept: unknown, path: readonly string[]): string | undefined {
  const value = valueAt(concept, path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
