import { type Dirent, existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { formOf } from '../names.ts';
import { UserError } from '../user-error.ts';
import { isFolder } from './folders.ts';
import { type PassedOver, whyPassedOver } from './passed-over.ts';
import { isWithin, realPath } from './real-path.ts';

/** Extensions of the formats that `sharp` decodes and photographs are kept in. */
export const IMAGE_EXTENSIONS = ['jpg', 'jpeg', 'png', 'webp', 'avif', 'tif', 'tiff', 'gif'] as const;
const IMAGE_FILE = new RegExp(`\\.(${IMAGE_EXTENSIONS.join('|')})$`, 'i');

/** Formats that pictures are kept in and this program cannot read, by the extensions of their files. */
const OTHER_FORMATS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    HEIC: ['heic', 'heif', 'hif'],
    BMP: ['bmp'],
    SVG: ['svg'],
    'JPEG XL': ['jxl'],
    'JPEG 2000': ['jp2'],
    Photoshop: ['psd'],
    ICO: ['ico'],
    TGA: ['tga'],
    OpenEXR: ['exr'],
    raw: ['cr2', 'cr3', 'nef', 'arw', 'dng', 'raf', 'orf', 'rw2', 'pef', 'srw'],
  }).flatMap(([format, extensions]) => extensions.map((extension) => [extension, format] as const)),
);

/** Maximum number of directory entries that one glob looks at; a pattern that reaches further names the wrong folder. */
const MAX_ENTRIES = 200_000;
/** Maximum number of `*` in one name of a glob; matching takes the length of a name to this power. */
const MAX_STARS = 3;

const WILDCARD = /[*?[{]/;

/** Whether a path has wildcards. Those in the names of existing folders stand for themselves. */
export const isGlob = (path: string) => folderOf(path) !== path;

/** The image files of a `source`, `folder` or `aligned` key. */
export interface ImageFiles {
  /** Absolute path of the folder that the files' names are relative to, as it is spelled on disk. */
  readonly root: string;
  readonly isGlob: boolean;
  /** Absolute paths, sorted. */
  readonly files: readonly string[];
  /** Images and folders that were not looked at, and why. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * The image files that a `source`, `folder` or `aligned` key names.
 * @param source absolute path of a folder (its images, not those of its subfolders) or a glob with
 *   `*`, `?`, `[abc]`, `{a,b}` within a name and `**` for any number of folders
 * @throws UserError for a pattern that cannot be followed; the file system's error, with its `path`, if a folder (for a
 *   glob: the part before its first wildcard, or one below) does not exist or cannot be read
 */
export async function listImages(source: string): Promise<ImageFiles> {
  const folder = await spelledOnDisk(source);
  const glob = isGlob(source) && !(await isFolder(folder));
  const root = glob ? await spelledOnDisk(folderOf(source)) : folder;
  const { files, passedOver } = glob ? await expandGlob(source, root) : await imagesIn(folder);
  return { root, isGlob: glob, files: files.sort(), passedOver };
}

/**
 * The path of an existing file or folder whose names look the same as these: one form of Unicode may be written where the
 * disk has another. The path itself if there is none, or it exists.
 */
async function spelledOnDisk(path: string): Promise<string> {
  if (existsSync(path) || dirname(path) === path) return path;
  const parent = await spelledOnDisk(dirname(path));
  const names = await readdir(parent).catch(() => []);
  const found = names.filter((name) => formOf(name) === formOf(basename(path)));
  return join(parent, found.length === 1 ? found[0]! : basename(path));
}

/** The folder of a source: the source itself, or the part of a glob before its first wildcard. */
export function folderOf(source: string): string {
  const parent = dirname(source);
  if (!WILDCARD.test(source) || parent === source) return source;
  const folder = folderOf(parent);
  if (folder !== parent) return folder;
  return WILDCARD.test(basename(source)) && !existsAsFolder(source) ? parent : source;
}

/**
 * Whether a source would list an image file, if it were there.
 * @param file absolute path without links
 */
export async function covers(source: string, file: string): Promise<boolean> {
  const root = folderOf(source);
  const real = await realPath(root);
  if (!isWithin(real, file)) return false;
  const segments = root === source ? ['*'] : segmentsOf(source, root);
  try {
    return matches(relative(real, file).split(sep), segments);
  } catch (error) {
    // A pattern that cannot be followed lists nothing.
    if (error instanceof UserError) return false;
    throw error;
  }
}

/**
 * What tells whether a pattern matches the name of an image: its path below the source's folder, with forward slashes.
 * @throws UserError for a pattern that cannot be followed
 */
export function namePattern(glob: string): (name: string) => boolean {
  const segments = segmentsOf(glob, '');
  for (const segment of segments) segmentPattern(segment);
  return (name) => matches(name.split('/'), segments);
}

function matches(names: readonly string[], [segment, ...rest]: readonly string[]): boolean {
  const [name, ...below] = names;
  if (segment === undefined || name === undefined) return segment === name;
  if (segment !== '**') return segmentPattern(segment).test(formOf(name)) && matches(below, rest);
  return rest.length === 0 || matches(names, rest) || matches(below, [segment, ...rest]);
}

function segmentsOf(glob: string, root: string): string[] {
  return glob
    .slice(root.length)
    .split(/[\\/]/)
    .filter((segment, i, all) => segment !== '' && !(segment === '**' && all[i - 1] === '**'));
}

function existsAsFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

interface Found {
  readonly files: string[];
  readonly passedOver: PassedOver[];
}

async function imagesIn(folder: string): Promise<Found> {
  const found: Found = { files: [], passedOver: [] };
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const ignored = whyPassedOver(name);
    if (isImageName(name)) {
      if (ignored === undefined) found.files.push(file);
      else found.passedOver.push({ file, reason: ignored });
    } else if (ignored === undefined) {
      const reason = whyUnread(name);
      if (reason !== undefined) found.passedOver.push({ file, reason });
    }
  }
  return found;
}

const isImageName = (name: string) => IMAGE_FILE.test(name);

/** Why a picture cannot be read, by its name; undefined for pictures that can, and for other files. */
function whyUnread(name: string): string | undefined {
  const format = OTHER_FORMATS.get(extname(name).slice(1).toLowerCase());
  return format && `${format} pictures cannot be read: convert them to JPEG or PNG`;
}

/** @param root the glob's folder, as it is spelled on disk */
async function expandGlob(glob: string, root: string): Promise<Found> {
  const segments = segmentsOf(glob, folderOf(glob));
  const found = new Set<string>();
  const passedOver = new Map<string, string>();
  let entries = 0;
  const visit = async (folder: string, rest: readonly string[]): Promise<void> => {
    const [segment, ...after] = rest;
    if (segment === undefined) return;
    const all: Dirent[] = await readdir(folder, { withFileTypes: true });
    entries += all.length;
    if (entries > MAX_ENTRIES)
      throw new UserError(
        'bad-pattern',
        `${glob} matches more than ${MAX_ENTRIES} files. Choose a folder further down.`,
      );
    const children = all.filter((child) => {
      const reason = whyPassedOver(child.name);
      // What is neither an image nor a folder would not have been taken anyway.
      if (reason !== undefined && (child.isDirectory() || isImageName(child.name))) {
        passedOver.set(join(folder, child.name), reason);
      }
      return reason === undefined;
    });
    if (segment === '**') await matchHere(folder, children, after);
    for (const child of children) {
      const path = join(folder, child.name);
      if (segment === '**') {
        if (child.isDirectory()) await visit(path, rest);
        // They may form a circle.
        else if (child.isSymbolicLink() && (await isFolder(path))) {
          passedOver.set(path, '** does not follow links to folders');
        }
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
    if (!segmentPattern(segment).test(formOf(child.name))) return;
    if (after.length > 0) {
      if (child.isDirectory() || (child.isSymbolicLink() && (await isFolder(path)))) await visit(path, after);
    } else if (isImageName(child.name)) found.add(path);
    else if (!child.isDirectory()) {
      const reason = whyUnread(child.name);
      if (reason !== undefined) passedOver.set(path, reason);
    }
  };
  await visit(root === '' ? sep : root, segments);
  return { files: [...found], passedOver: [...passedOver].map(([file, reason]) => ({ file, reason })) };
}

/** One name of a glob as a regular expression. */
function segmentPattern(segment: string): RegExp {
  const name = formOf(segment).replace(/\*+/g, '*');
  if (name.split('*').length - 1 > MAX_STARS) {
    throw new UserError(
      'bad-pattern',
      `${segment} has more than ${MAX_STARS} wildcards *. Write a simpler pattern.`,
    );
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
    throw new UserError('bad-pattern', `${segment} is not a valid pattern. Check its [ ] and { }.`);
  }
}
