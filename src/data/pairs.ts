import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { isMissing } from '../project/disk/folders.ts';
import { folderOf, type ImageFiles, listImages } from '../project/disk/image-files.ts';
import { type PassedOver, passedOverText } from '../project/disk/passed-over.ts';
import { matchImages, type NamedImage, nameBelow, stemOf } from '../project/files/match-names.ts';
import { pairLayout } from '../project/files/pair-source.ts';
import { formOf } from '../project/names.ts';
import { permissionRemedy } from '../project/path-remedy.ts';
import type { LoadedConcept } from '../project/project.ts';
import { UserError } from '../project/user-error.ts';
import type { ImageEditor, OpenEditor } from './image-editor.ts';
import type { Image } from './image-values.ts';
import { type DecodedImage, type Fit, loadImage, UnreadableImage } from './images.ts';

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
  /** What scanning ignored although it is an image, or a folder. */
  readonly passedOver: readonly PassedOver[];
}

export interface PairImageOptions {
  /** Side of the square images in pixels. */
  readonly size: number;
  readonly fit: Fit;
  /** Size of the largest file that is read, in mebibytes. */
  readonly maxFileSize?: number;
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
  /** Number of calls that are useful at the same time, 1 or more. */
  readonly concurrency: number;
  /** @returns for each pair the target, or the reason why its file cannot be decoded */
  load(
    pairs: readonly PairToLoad[],
    options: PairImageOptions,
    signal: AbortSignal,
  ): Promise<(Image | DecodedImage | UnreadableImage)[]>;
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
  loadSource(ref: PairRef, options: PairImageOptions): Promise<DecodedImage>;
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
    list: () => listSources(concept, 'pairs.source', source),
    loadSource: (ref, options) => loadImage(ref.source, options),
    identity: () => editor.identity(concept.prompt),
    openTargets: async () => {
      const loaded = await editor.load();
      return {
        device: loaded.device,
        batchSize: loaded.batchSize,
        concurrency: loaded.concurrency ?? 1,
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
    list: () => listSources(concept, 'pairs.aligned', aligned),
    loadSource: (ref, options) => loadImage(ref.source, { ...options, half: source }),
    ...targetFiles((ref, options) => loadImage(ref.source, { ...options, half: target })),
  };
}

/** The methods of a pair source that deal with targets, for targets that are decoded from files. */
function targetFiles(
  decode: (ref: PairRef, options: PairImageOptions) => Promise<DecodedImage>,
): Pick<PairSource, 'identity' | 'openTargets'> {
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
      concurrency: 2 * availableParallelism(),
      load: (pairs, options) => Promise.all(pairs.map(({ ref }) => decoded(ref, options))),
      dispose: async () => {},
    }),
  };
}

async function listSources(concept: LoadedConcept, key: string, source: string): Promise<PairListing> {
  const { root, files, passedOver } = await listFiles(concept, key, source);
  if (files.length === 0) {
    const others = passedOverText(passedOver);
    throw new UserError(
      'no-images',
      `${concept.path}: ${key} names ${source}, which contains no images. ` +
        (others === undefined ? '' : `Passed over: ${others}. `) +
        'Put images there, or end the path with /** to use images in subfolders.',
    );
  }
  const refs = files.map((path) => ({ name: nameBelow(root, path), source: path }));
  return { refs, skipped: [], passedOver };
}

async function listFiles(concept: LoadedConcept, key: string, source: string): Promise<ImageFiles> {
  try {
    return await listImages(source);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, path } = error as NodeJS.ErrnoException;
    const below = path !== undefined && path !== folderOf(source) && path !== source ? `: ${path}` : '';
    const denied = permissionRemedy(code);
    throw new UserError(
      isMissing(error) ? 'missing-path' : denied !== undefined ? 'no-permission' : 'unreadable',
      `${concept.path}: ${key} names ${source}, which cannot be read (${code}${below}). ` +
        (denied ?? 'Correct the path (it is relative to the concept file), or create the folder.'),
      { cause: error },
    );
  }
}

async function matchTargets(
  concept: LoadedConcept,
  sources: PairListing,
  folder: string,
): Promise<PairListing> {
  const targets = await listTargets(concept, sources.refs, folder);
  const named = sources.refs.map(({ name, source }) => ({ name, path: source }));
  const { pairs, ambiguous, loneSources, loneTargets } = matchImages(named, targets.images);
  if (pairs.length === 0) {
    const some = (images: readonly NamedImage[]) =>
      images
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', ') || 'no image';
    throw new UserError(
      'unmatched-pairs',
      `${concept.path}: no image in ${folder} has the name of ${ambiguous.length > 0 ? 'exactly one' : 'a'} source image. ` +
        `Sources: ${some(named)}; edited images: ${some(targets.images)}. ` +
        'Give each edited image the file name of its source; the extension may differ.',
    );
  }
  return {
    refs: pairs.map(({ source, target }) => ({
      name: source.name,
      source: source.path,
      target: target.path,
    })),
    skipped: [
      ...[
        ...ambiguous.map(({ source, reason }) => ({ file: source.path, reason })),
        ...loneSources.map(({ name, path }) => ({
          file: path,
          reason: `no edited image is named ${stemOf(name)}.* in ${folder}`,
        })),
      ].sort((a, b) => (a.file < b.file ? -1 : 1)),
      ...loneTargets.map(({ name, path }) => ({
        file: path,
        reason: `no source image is named ${stemOf(name)}.*`,
      })),
    ],
    passedOver: [...sources.passedOver, ...targets.passedOver],
  };
}

/** Edited images. For a folder, also the images in the same subfolders as the sources. */
async function listTargets(
  concept: LoadedConcept,
  sources: readonly PairRef[],
  folder: string,
): Promise<{ images: NamedImage[]; passedOver: readonly PassedOver[] }> {
  const top = await listFiles(concept, 'pairs.target.folder', folder);
  const listings = [top];
  if (!top.isGlob) {
    const subfolders = new Set(sources.map(({ name }) => formOf(dirname(name))));
    subfolders.delete('.');
    for (const subfolder of subfolders) listings.push(...(await imagesIfThere(join(top.root, subfolder))));
  }
  return {
    images: listings.flatMap(({ files }) => files.map((path) => ({ name: nameBelow(top.root, path), path }))),
    passedOver: listings.flatMap(({ passedOver }) => passedOver),
  };
}

/** A subfolder without a counterpart is not an error: its sources are reported one by one. */
async function imagesIfThere(folder: string): Promise<ImageFiles[]> {
  try {
    return [await listImages(folder)];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
