/** What a project's folder holds: to compare with an uninterrupted one, and to find what a fault has left. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import sharp from 'sharp';
import { readSafetensors } from '../../src/data/safetensors.ts';
import { isPart } from '../../src/project/disk/write-whole.ts';

/** All files below a folder, as paths relative to it, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Hashes of the files below some folders of a project, by path. */
export function contentOf(project: string, folders: readonly string[]): Map<string, string> {
  return new Map(
    filesBelow(project)
      .filter((path) => folders.includes(path.split('/')[0]!))
      .map((path) => [
        path,
        createHash('sha256')
          .update(readFileSync(join(project, path)))
          .digest('hex'),
      ]),
  );
}

/** Paths that are missing, new or different. */
export function differences(
  found: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
): string[] {
  return [...new Set([...found.keys(), ...expected.keys()])]
    .sort()
    .filter((path) => found.get(path) !== expected.get(path))
    .map((path) => `${path} ${!found.has(path) ? 'is missing' : expected.has(path) ? 'differs' : 'is new'}`);
}

/** Files that were not written to their end. */
export function parts(project: string): string[] {
  return filesBelow(project).filter((path) => isPart(basename(path)));
}

/** Everything outside of the runs and the cache that an uninterrupted project has not. */
export function leftovers(project: string, expected: readonly string[]): string[] {
  const known = new Set(expected);
  return filesBelow(project).filter((path) => {
    const [top] = path.split('/');
    return top !== 'runs' && top !== '.dnw' && !known.has(path) && !isPart(basename(path));
  });
}

const READERS: readonly (readonly [RegExp, (path: string) => Promise<unknown> | unknown])[] = [
  [/\.safetensors$/, readSafetensors],
  [/\.json$/, (path) => JSON.parse(readFileSync(path, 'utf8'))],
  [/\.png$/, (path) => sharp(readFileSync(path), { failOn: 'error' }).raw().toBuffer()],
  [/\.(onnx|csv|svg|yaml)$/, refuseEmpty],
];

function refuseEmpty(path: string): void {
  if (readFileSync(path).length === 0) throw new Error('it is empty');
}

/** Files with their final names that cannot be read, with the reason. */
export async function unreadable(project: string): Promise<string[]> {
  const found: string[] = [];
  for (const path of filesBelow(project)) {
    const reader = isPart(basename(path)) ? undefined : READERS.find(([name]) => name.test(path));
    try {
      await reader?.[1](join(project, path));
    } catch (error) {
      // A process that is still at work has removed it since.
      if (!existsSync(join(project, path))) continue;
      found.push(`${path} cannot be read: ${(error as Error).message}`);
    }
  }
  return found;
}

/** Whole lines of a run's log that are no JSON, and a last one that was not written to its end. */
export function tornLines(run: string): { whole: number; last: boolean } {
  const lines = readFileSync(join(run, 'events.jsonl'), 'utf8').split('\n');
  const last = lines.pop() !== '';
  return { whole: lines.filter((line) => !isJson(line)).length, last };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
