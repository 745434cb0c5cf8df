import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { UserError } from '../user-error.ts';
import { namesTaken, whyPassedOver } from './passed-over.ts';

/** Extensions of the formats that `sharp` decodes and photographs are kept in. */
export const IMAGE_EXTENSIONS = ['jpg', 'jpeg', 'png', 'webp', 'avif', 'tif', 'tiff', 'gif'] as const;
const IMAGE_FILE = new RegExp(`\\.(${IMAGE_EXTENSIONS.join('|')})$`, 'i');

/** Maximum number of directory entries that one glob looks at; a pattern that reaches further names the wrong folder. */
const MAX_ENTRIES = 200_000;
/** Maximum number of `*` in one name of a glob; matching takes the length of a name to this power. */
const MAX_STARS = 3;

export const isGlob = (path: string) => /[*?[{]/.test(path);

/**
 * The image files that a `source`, `folder` or `aligned` key names, sorted, as absolute paths.
 * @param source absolute path of a folder (its images, not those of its subfolders) or a glob with
 *   `*`, `?`, `[abc]`, `{a,b}` within a name and `**` for any number of folders
 * @throws UserError for a pattern that cannot be followed; the file system's error if the folder (for a glob: the part
 *   before its first wildcard) does not exist
 */
export async function listImages(source: string): Promise<string[]> {
  const files =
    isGlob(source) && !(await isFolder(source)) ? await expandGlob(source) : await imagesIn(source);
  return files.sort();
}

/** The folder of a source: the source itself, or the part of a glob before its first wildcard. */
export function folderOf(source: string): string {
  let folder = source;
  while (isGlob(folder)) folder = dirname(folder);
  return folder;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function imagesIn(folder: string): Promise<string[]> {
  const names = namesTaken(await readdir(folder));
  return names.filter((name) => isImageName(name)).map((name) => join(folder, name));
}

const isImageName = (name: string) => IMAGE_FILE.test(name);

async function expandGlob(glob: string): Promise<string[]> {
  const root = folderOf(glob);
  const segments = glob
    .slice(root.length)
    .split(/[\\/]/)
    .filter((segment, i, all) => segment !== '' && !(segment === '**' && all[i - 1] === '**'));
  const found = new Set<string>();
  let entries = 0;
  const visit = async (folder: string, rest: readonly string[]): Promise<void> => {
    const [segment, ...after] = rest;
    if (segment === undefined) return;
    const all: Dirent[] = await readdir(folder, { withFileTypes: true });
    entries += all.length;
    if (entries > MAX_ENTRIES)
      throw new UserError(`${glob} reaches more than ${MAX_ENTRIES} files. Name a folder further down.`);
    const children = all.filter(({ name }) => whyPassedOver(name) === undefined);
    if (segment === '**') await matchHere(folder, children, after);
    for (const child of children) {
      const path = join(folder, child.name);
      // Links to folders are not followed below `**`: they may form a circle.
      if (segment === '**') {
        if (child.isDirectory()) await visit(path, rest);
      } else await matchChild(path, child, segment, after);
    }
  };
  const matchHere = async (folder: string, children: Dirent[], after: readonly string[]) => {
    const [segment, ...rest] = after;
    // A pattern that ends in `**` matches every image below.
    const pattern = segment ?? '*';
    for (const child of children) await matchChild(join(folder, child.name), child, pattern, rest);
  };
  const matchChild = async (path: string, child: Dirent, segment: string, after: readonly string[]) => {
    if (!segmentPattern(segment).test(child.name)) return;
    if (after.length > 0) {
      if (child.isDirectory() || (child.isSymbolicLink() && (await isFolder(path)))) await visit(path, after);
    } else if (isImageName(child.name)) found.add(path);
  };
  await visit(root === '' ? sep : root, segments);
  return [...found];
}

/** One name of a glob as a regular expression. */
function segmentPattern(segment: string): RegExp {
  const name = segment.replace(/\*+/g, '*');
  if (name.split('*').length - 1 > MAX_STARS) {
    throw new UserError(`${segment} has more than ${MAX_STARS} wildcards *. Write a simpler pattern.`);
  }
  let braces = 0;
  const source = name.replace(/\[[^\]]+\]|[\s\S]/g, (part) => {
    if (part.length > 1)
      return `[${part
        .slice(1, -1)
        .replace(/^!/, '^')
        .replace(/[\\\]]/g, '\\$&')}]`;
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part === '{') {
      braces++;
      return '(?:';
    }
    if (part === '}' && braces > 0) {
      braces--;
      return ')';
    }
    if (part === ',' && braces > 0) return '|';
    return part.replace(/[.+^$()|[\]\\{}]/g, '\\$&');
  });
  try {
    return new RegExp(`^${source}${')'.repeat(braces)}$`);
  } catch {
    throw new UserError(`${segment} is not a valid pattern. Check its [ ] and { }.`);
  }
}
