import { dirname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path';
import type { DiskView } from '../disk/disk-view.ts';
import { folderOf } from '../disk/image-files.ts';
import { nearestNames } from '../nearest.ts';
import type { YamlDocument } from '../yaml/document.ts';
import type { KeyPath } from '../yaml/key-path.ts';
import { scalarLike } from '../yaml/scalar-text.ts';

/** Maximum number of folders with similar names that are followed at each level of a path. */
const BRANCHES = 3;

/**
 * Existing folders that a path to a missing folder may have been meant to name, as YAML text that can replace it, best
 * first: the same path relative to the project folder, then folders with similar names at each level.
 */
export async function correctedPaths(
  document: YamlDocument,
  path: KeyPath,
  projectFolder: string,
  view: DiskView,
): Promise<string[]> {
  const written = document.scalarAt(path);
  if (written === undefined) return [];
  const from = dirname(document.file);
  const missing = folderOf(resolve(from, written));
  const pattern = resolve(from, written).slice(missing.length);
  const found = isAbsolute(written)
    ? []
    : await exactFolders(folderOf(resolve(projectFolder, written)), view);
  found.push(...(await similarFolders(missing, view)));
  const texts = found.map((folder) => {
    const text = (isAbsolute(written) ? folder : relative(from, folder)) + pattern;
    return scalarLike(document.sourceOf(path), text.split(sep).join('/'));
  });
  return [...new Set(texts)];
}

/** The folder, if it exists. */
async function exactFolders(folder: string, view: DiskView): Promise<string[]> {
  const { dir, base } = parse(folder);
  return (await view.folders(dir)).includes(base) ? [folder] : [];
}

/** Existing folders whose path differs from a missing one's only in spelling. */
async function similarFolders(missing: string, view: DiskView): Promise<string[]> {
  const { dir, base } = parse(missing);
  if (base === '') return [];
  const known = await view.folders(dir);
  const parents = known.length > 0 || (await exactFolders(dir, view)).length > 0 ? [dir] : [];
  if (parents.length === 0) parents.push(...(await similarFolders(dir, view)));
  const found: string[] = [];
  for (const parent of parents.slice(0, BRANCHES)) {
    const names = await view.folders(parent);
    const near = names.includes(base) ? [base] : nearestNames(base, names).slice(0, BRANCHES);
    found.push(...near.map((name) => join(parent, name)));
  }
  return found;
}
