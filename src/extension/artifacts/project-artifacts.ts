import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { namesTaken } from '../../project/disk/passed-over.ts';
import { projectPaths, toProjectPath } from '../../project/paths.ts';

/** A file that a stage wrote. */
export interface Artifact {
  /** Relative to the project folder, with forward slashes. */
  readonly file: string;
  /** Milliseconds since the Unix epoch. */
  readonly modified: number;
  /** In bytes. */
  readonly size: number;
}

export interface ZooFolder {
  readonly baseHash: string;
  /** By concept name. */
  readonly members: ReadonlyMap<string, Artifact>;
}

/** The artifacts of a project, as found on disk. */
export interface ProjectArtifacts {
  /** By training config name. */
  readonly bases: ReadonlyMap<string, Artifact>;
  readonly weightGenerators: ReadonlyMap<string, Artifact>;
  /** Newest first. */
  readonly zoo: readonly ZooFolder[];
  /** Files by concept name; if a concept has several pair caches, the newest. */
  readonly pairs: ReadonlyMap<string, Artifact>;
  readonly denoised: ReadonlyMap<string, Artifact>;
  readonly fineTuned: ReadonlyMap<string, Artifact>;
}

/** The concept with the newest weights: the default if none is named. */
export function latestConcept({ denoised, fineTuned }: ProjectArtifacts): string | undefined {
  const newestFirst = [...denoised, ...fineTuned].sort(([, a], [, b]) => b.modified - a.modified);
  return newestFirst[0]?.[0];
}

export const NO_ARTIFACTS: ProjectArtifacts = {
  bases: new Map(),
  weightGenerators: new Map(),
  zoo: [],
  pairs: new Map(),
  denoised: new Map(),
  fineTuned: new Map(),
};

const SUFFIX = '.safetensors';
const PAIR_CACHE = /^(.+)-[0-9a-f]+$/;

export async function readArtifacts(folder: string): Promise<ProjectArtifacts> {
  const paths = projectPaths(folder);
  const [bases, weightGenerators, pairFiles, zoo, concepts] = await Promise.all([
    tensorFiles(folder, paths.bases),
    tensorFiles(folder, paths.weightGenerators),
    tensorFiles(folder, paths.pairs),
    zooFolders(folder),
    foldersIn(paths.allWeights),
  ]);
  const denoised = new Map<string, Artifact>();
  const fineTuned = new Map<string, Artifact>();
  await Promise.all(
    concepts.map(async (concept) => {
      const [first, second] = await Promise.all([
        artifact(folder, paths.weights(concept, 'denoised')),
        artifact(folder, paths.weights(concept, 'fine-tuned')),
      ]);
      if (first !== undefined) denoised.set(concept, first);
      if (second !== undefined) fineTuned.set(concept, second);
    }),
  );
  return { bases, weightGenerators, zoo, pairs: newestPairs(pairFiles), denoised, fineTuned };
}

async function zooFolders(folder: string): Promise<ZooFolder[]> {
  const { zoo, zooOf } = projectPaths(folder);
  const folders = await Promise.all(
    (await foldersIn(zoo)).map(async (baseHash) => ({
      baseHash,
      members: await tensorFiles(folder, zooOf(baseHash)),
    })),
  );
  const newest = ({ members }: ZooFolder) =>
    Math.max(0, ...[...members.values()].map(({ modified }) => modified));
  return folders.filter(({ members }) => members.size > 0).sort((a, b) => newest(b) - newest(a));
}

function newestPairs(files: ReadonlyMap<string, Artifact>): Map<string, Artifact> {
  const newest = new Map<string, Artifact>();
  for (const [name, made] of files) {
    const concept = PAIR_CACHE.exec(name)?.[1];
    if (concept === undefined) continue;
    if (made.modified >= (newest.get(concept)?.modified ?? 0)) newest.set(concept, made);
  }
  return newest;
}

/** The safetensors files directly in a folder, by name without extension, sorted. */
async function tensorFiles(project: string, folder: string): Promise<Map<string, Artifact>> {
  const files = (await entriesOf(folder)).filter((entry) => entry.isFile()).map(({ name }) => name);
  const names = namesTaken(files)
    .filter((name) => name.endsWith(SUFFIX))
    .sort();
  const made = await Promise.all(names.map((name) => artifact(project, join(folder, name))));
  return new Map(
    names.flatMap((name, i) => (made[i] === undefined ? [] : [[basename(name, SUFFIX), made[i]]])),
  );
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await entriesOf(folder);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function artifact(project: string, path: string): Promise<Artifact | undefined> {
  try {
    const { mtimeMs: modified, size } = await stat(path);
    return { file: toProjectPath(project, path), modified, size };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
