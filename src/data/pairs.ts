import { basename, dirname, join, relative, sep } from 'node:path';
import { folderOf, listImages } from '../project/disk/image-files.ts';
import type { LoadedConcept } from '../project/project.ts';
import type { Effect } from '../project/schema/effects.ts';
import { UserError } from '../project/user-error.ts';
import { applyEffects } from './effects/apply.ts';
import { type Fit, type Image, loadImage } from './images.ts';

/** One pair of a concept, not yet decoded. */
export interface PairRef {
  /** Path below the source folder with forward slashes: unique in the concept, the same on every machine. */
  readonly name: string;
  /** Absolute path of the source image, or of the aligned image. */
  readonly source: string;
  /** Absolute path of the edited image where there is one. */
  readonly target?: string;
}

/** A file that cannot be used, and why. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

export interface PairListing {
  /** By name; at least one. */
  readonly refs: readonly PairRef[];
  /** Sources without a target, targets without a source. */
  readonly skipped: readonly SkippedFile[];
}

export interface PairImageOptions {
  /** Side of the square images in pixels. */
  readonly size: number;
  readonly fit: Fit;
}

/** Where a concept's pairs come from, whatever their layout on disk. */
export interface PairSource {
  /**
   * A folder means its own images, a glob such as `photos/**` those of subfolders too.
   * @throws UserError where a folder cannot be read or not a single pair is found
   */
  list(): Promise<PairListing>;
  /** @throws UnreadableImage where the file cannot be decoded */
  loadSource(ref: PairRef, options: PairImageOptions): Promise<Image>;
  /**
   * @param source what `loadSource` gave for the same reference
   * @throws UnreadableImage where the file cannot be decoded
   */
  loadTarget(ref: PairRef, source: Image, options: PairImageOptions): Promise<Image>;
  /** True where targets are made from the sources, so that concepts with equal sources can share them decoded. */
  readonly sharesSources: boolean;
}

export function openPairs(concept: LoadedConcept): PairSource {
  const { pairs } = concept;
  if ('aligned' in pairs) return alignedPairs(concept, pairs.aligned, pairs.direction);
  if ('effect' in pairs.target) return effectPairs(concept, pairs.source, pairs.target.effect);
  return folderPairs(concept, pairs.source, pairs.target.folder);
}

function effectPairs(concept: LoadedConcept, source: string, effects: readonly Effect[]): PairSource {
  return {
    list: async () => ({ refs: await listSources(concept, 'pairs.source', source), skipped: [] }),
    loadSource: (ref, options) => loadImage(ref.source, options),
    loadTarget: async (_ref, image) => applyEffects(image, effects),
    sharesSources: true,
  };
}

function folderPairs(concept: LoadedConcept, source: string, folder: string): PairSource {
  return {
    list: async () => matchTargets(concept, await listSources(concept, 'pairs.source', source), folder),
    loadSource: (ref, options) => loadImage(ref.source, options),
    loadTarget: (ref, _source, options) => loadImage(ref.target!, options),
    sharesSources: false,
  };
}

/** The layout of the Pix2pix data sets: A is the left half of each image, B the right one. */
function alignedPairs(concept: LoadedConcept, aligned: string, direction: 'AtoB' | 'BtoA'): PairSource {
  const [source, target] = direction === 'AtoB' ? (['left', 'right'] as const) : (['right', 'left'] as const);
  return {
    list: async () => ({ refs: await listSources(concept, 'pairs.aligned', aligned), skipped: [] }),
    loadSource: (ref, options) => loadImage(ref.source, { ...options, half: source }),
    loadTarget: (ref, _source, options) => loadImage(ref.source, { ...options, half: target }),
    sharesSources: false,
  };
}

async function listSources(concept: LoadedConcept, key: string, source: string): Promise<PairRef[]> {
  const paths = await listFiles(concept, key, source);
  if (paths.length === 0) {
    throw new UserError(
      `${concept.path}: ${key} names ${source}, where there are no images. ` +
        'Put images there, or end the path with /** to take those of its subfolders.',
    );
  }
  const root = await rootOf(source, paths);
  return paths.map((path) => ({ name: nameBelow(root, path), source: path }));
}

async function listFiles(concept: LoadedConcept, key: string, source: string): Promise<string[]> {
  try {
    return await listImages(source);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${concept.path}: ${key} names ${source}, which cannot be read (${code}). ` +
        'Correct the path (it is relative to the concept file), or make the folder.',
      { cause: error },
    );
  }
}

/** The folder that names are relative to. A folder may have a bracket in its name without being a glob. */
async function rootOf(source: string, paths: readonly string[]): Promise<string> {
  return paths.every((path) => dirname(path) === source) ? source : folderOf(source);
}

function nameBelow(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

/** What a source and its target have in common: the path below their folders, without the extension. */
function stemOf(name: string): string {
  return name.replace(/\.[^./]+$/, '');
}

async function matchTargets(
  concept: LoadedConcept,
  sources: readonly PairRef[],
  folder: string,
): Promise<PairListing> {
  const targets = await listTargets(concept, sources, folder);
  const skipped: SkippedFile[] = [];
  const refs: PairRef[] = [];
  const used = new Set<string>();
  for (const ref of sources) {
    const stem = stemOf(ref.name);
    const candidates = targets.get(stem) ?? [];
    if (candidates.length === 1) refs.push({ ...ref, target: candidates[0]! });
    else {
      const reason =
        candidates.length === 0
          ? `no edited image is named ${stem}.* in ${folder}`
          : `several edited images have its name: ${candidates.map((path) => basename(path)).join(', ')}`;
      skipped.push({ file: ref.source, reason });
    }
    used.add(stem);
  }
  for (const [stem, paths] of targets) {
    if (used.has(stem)) continue;
    for (const file of paths) skipped.push({ file, reason: `no source image is named ${stem}.*` });
  }
  if (refs.length === 0) {
    const some = (names: string[]) => names.slice(0, 3).join(', ') || 'no image';
    throw new UserError(
      `${concept.path}: no image in ${folder} has the name of a source image. ` +
        `Sources: ${some(sources.map(({ name }) => name))}; edited images: ${some([...targets.keys()])}. ` +
        'Give each edited image the file name of its source; the extension may differ.',
    );
  }
  return { refs, skipped };
}

/** Edited images by stem. For a folder, those in the same subfolders as the sources. */
async function listTargets(
  concept: LoadedConcept,
  sources: readonly PairRef[],
  folder: string,
): Promise<Map<string, string[]>> {
  const key = 'pairs.target.folder';
  const top = await listFiles(concept, key, folder);
  const root = await rootOf(folder, top);
  const paths = [...top];
  if (root === folder) {
    const subfolders = new Set(sources.map(({ name }) => dirname(name)));
    subfolders.delete('.');
    for (const subfolder of subfolders) paths.push(...(await imagesIfThere(join(folder, subfolder))));
  }
  const byStem = new Map<string, string[]>();
  for (const path of paths) {
    const stem = stemOf(nameBelow(root, path));
    byStem.set(stem, [...(byStem.get(stem) ?? []), path]);
  }
  return byStem;
}

/** A subfolder that has no counterpart is no error: its sources are reported one by one. */
async function imagesIfThere(folder: string): Promise<string[]> {
  try {
    return await listImages(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
