import { basename, dirname, join, relative, sep } from 'node:path';
import { folderOf, listImages } from '../project/disk/image-files.ts';
import { pairLayout } from '../project/files/pair-source.ts';
import type { LoadedConcept } from '../project/project.ts';
import { UserError } from '../project/user-error.ts';
import type { ImageEditor, OpenEditor } from './image-editor.ts';
import { type Fit, type Image, loadImage, UnreadableImage } from './images.ts';

/** One pair of a concept before decoding. */
export interface PairRef {
  /** Path below the source folder, with forward slashes: unique in the concept and the same on every machine. */
  readonly name: string;
  /** Absolute path of the source image, or of the aligned image. */
  readonly source: string;
  /** Absolute path of the edited image, if it is a file of its own. */
  readonly target?: string;
}

/** A file that cannot be used, and the reason. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

export interface PairListing {
  /** Sorted by name; at least one. */
  readonly refs: readonly PairRef[];
  /** Sources without a target, and targets without a source. */
  readonly skipped: readonly SkippedFile[];
}

export interface PairImageOptions {
  /** Side of the square images in pixels. */
  readonly size: number;
  readonly fit: Fit;
}

/** A decoded source image whose target is requested. */
export interface PairToLoad {
  readonly ref: PairRef;
  /** The result of `loadSource` for the same reference. */
  readonly source: Image;
}

/** The targets of a pair source, which can be loaded until they are disposed of. */
export interface PairTargets {
  /** The device on which an editor computes them; undefined if they are files. */
  readonly device?: string;
  /** Maximum number of pairs per call, 1 or more. */
  readonly batchSize: number;
  /** @returns for each pair the target, or the reason why its file cannot be decoded */
  load(
    pairs: readonly PairToLoad[],
    options: PairImageOptions,
    signal: AbortSignal,
  ): Promise<(Image | UnreadableImage)[]>;
  dispose(): Promise<void>;
}

/** Source of a concept's pairs, independent of their layout on disk (`PairLayout`). */
export interface PairSource {
  /**
   * Lists the pairs. A folder stands for the images directly in it, a glob such as `photos/**` also for those in subfolders.
   * @throws UserError if a folder cannot be read or there is no pair
   */
  list(): Promise<PairListing>;
  /**
   * Decodes a source image.
   * @throws UnreadableImage if the file cannot be decoded
   */
  loadSource(ref: PairRef, options: PairImageOptions): Promise<Image>;
  /**
   * What makes cached pairs stale, other than the concept's `pairs` and the listed files; undefined if nothing does.
   * @throws UserError if an editor lacks something that it needs
   */
  identity(): Promise<string | undefined>;
  /**
   * Prepares the loading of targets.
   * @throws UserError if an editor cannot be loaded
   */
  openTargets(): Promise<PairTargets>;
  /** True if targets are made from the sources, so that concepts with equal sources can share the decoded sources. */
  readonly sharesSources: boolean;
}

/**
 * Opens the source of a concept's pairs.
 * @param openEditor opens the image editor, if the concept names one
 */
export function openPairs(concept: LoadedConcept, openEditor: OpenEditor): PairSource {
  const layout = pairLayout(concept.pairs);
  switch (layout.kind) {
    case 'aligned':
      return alignedPairs(concept, layout.images, layout.direction);
    case 'folders':
      return folderPairs(concept, layout.source, layout.folder);
    case 'edited':
      return editedPairs(concept, layout.source, openEditor(layout.edit));
  }
}

function editedPairs(concept: LoadedConcept, source: string, editor: ImageEditor): PairSource {
  return {
    list: async () => ({ refs: await listSources(concept, 'pairs.source', source), skipped: [] }),
    loadSource: (ref, options) => loadImage(ref.source, options),
    identity: () => editor.identity(concept.prompt),
    openTargets: async () => {
      const loaded = await editor.load();
      return {
        device: loaded.device,
        batchSize: loaded.batchSize,
        load: async (pairs, _options, signal) => {
          const sources = pairs.map((pair) => pair.source);
          const targets = await loaded.edit(sources, concept.prompt, signal);
          const fits = (image: Image, i: number) =>
            targets[i]?.width === image.width && targets[i].height === image.height;
          if (targets.length === sources.length && sources.every(fits)) return targets;
          throw new Error(
            'An image editor must return an image of the same size for each image that it is given',
          );
        },
        dispose: () => loaded.dispose(),
      };
    },
    sharesSources: true,
  };
}

function folderPairs(concept: LoadedConcept, source: string, folder: string): PairSource {
  return {
    list: async () => matchTargets(concept, await listSources(concept, 'pairs.source', source), folder),
    loadSource: (ref, options) => loadImage(ref.source, options),
    ...targetFiles((ref, options) => loadImage(ref.target!, options)),
  };
}

/** Pairs in the layout of the Pix2pix data sets: A is the left half of each image, B the right half. */
function alignedPairs(concept: LoadedConcept, aligned: string, direction: 'AtoB' | 'BtoA'): PairSource {
  const [source, target] = direction === 'AtoB' ? (['left', 'right'] as const) : (['right', 'left'] as const);
  return {
    list: async () => ({ refs: await listSources(concept, 'pairs.aligned', aligned), skipped: [] }),
    loadSource: (ref, options) => loadImage(ref.source, { ...options, half: source }),
    ...targetFiles((ref, options) => loadImage(ref.source, { ...options, half: target })),
  };
}

/** The methods of a pair source that deal with targets, for targets that are decoded from files. */
function targetFiles(
  decode: (ref: PairRef, options: PairImageOptions) => Promise<Image>,
): Pick<PairSource, 'identity' | 'openTargets' | 'sharesSources'> {
  const decoded = async (ref: PairRef, options: PairImageOptions) => {
    try {
      return await decode(ref, options);
    } catch (error) {
      if (error instanceof UnreadableImage) return error;
      throw error;
    }
  };
  return {
    // The files and the concept's `pairs` determine everything.
    identity: async () => undefined,
    openTargets: async () => ({
      batchSize: 1,
      load: (pairs, options) => Promise.all(pairs.map(({ ref }) => decoded(ref, options))),
      dispose: async () => {},
    }),
    sharesSources: false,
  };
}

async function listSources(concept: LoadedConcept, key: string, source: string): Promise<PairRef[]> {
  const paths = await listFiles(concept, key, source);
  if (paths.length === 0) {
    throw new UserError(
      `${concept.path}: ${key} names ${source}, which contains no images. ` +
        'Put images there, or end the path with /** to use images in subfolders.',
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
        'Correct the path (it is relative to the concept file), or create the folder.',
      { cause: error },
    );
  }
}

/** The folder that names are relative to. The name of a folder may contain a bracket without being a glob. */
async function rootOf(source: string, paths: readonly string[]): Promise<string> {
  return paths.every((path) => dirname(path) === source) ? source : folderOf(source);
}

function nameBelow(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

/** The part of the path that a source and its target have in common: below their folders, without the extension. */
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
          : `several edited images have this name: ${candidates.map((path) => basename(path)).join(', ')}`;
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

/** Edited images by stem. For a folder, the images in the same subfolders as the sources. */
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

/** A subfolder without a counterpart is not an error: its sources are reported one by one. */
async function imagesIfThere(folder: string): Promise<string[]> {
  try {
    return await listImages(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
