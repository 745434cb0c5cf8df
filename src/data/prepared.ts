import { FileHashes } from '../project/disk/file-hashes.ts';
import type { PassedOver } from '../project/disk/passed-over.ts';
import { type ImageFile, openImageFile, pairsSchema, sourcesSchema } from '../project/images/image-file.ts';
import { projectFolderOf } from '../project/paths.ts';
import type { LoadedConcept } from '../project/project.ts';
import type { TrainingConfig } from '../project/schema/training-schema.ts';
import { UserError } from '../project/user-error.ts';
import type { OpenEditor } from './image-editor.ts';
import { ImageFileWriter } from './image-file-writer.ts';
import type { PairSet } from './pair-batches.ts';
import type { PairRemark } from './pair-remarks.ts';
import type { SkippedFile } from './pairs.ts';
import { type PreparationPlan, planPreparation } from './preparation-plan.ts';
import { imagesToDecode, selectSourceImages } from './source-images.ts';
import { ImageRows } from './stored-images.ts';
import {
  type PairsFile,
  remarksOnSize,
  type SourcesFile,
  skippedFiles,
  writeTargets,
} from './target-images.ts';

/** Pairs of size x size x 3 bytes per image, read from files one by one. */
interface PreparedSet extends PairSet {
  /** Names of the source files below the source folder. */
  readonly names: readonly string[];
}

export interface PreparedPairs {
  /** Side in pixels (`loadSize`): that of the training images, or more if they are random crops. */
  readonly size: number;
  readonly train: PreparedSet;
  readonly test: PreparedSet;
  /** Files that were left out, each with the reason. */
  readonly skipped: readonly SkippedFile[];
  /** Images and folders that scanning ignores. */
  readonly passedOver: readonly PassedOver[];
  /** What should be known about the pairs that are used. */
  readonly remarks: readonly PairRemark[];
  /** The file of the targets in the cache. */
  readonly path: string;
}

export interface PrepareOptions {
  /** Opens the image editor of concepts that name one. */
  readonly openEditor: OpenEditor;
  /** Hashes of the project's files, if more than one concept is prepared (default: read for this one). */
  readonly hashes?: FileHashes;
  /** Called before an editor edits the first image. @param device see `LoadedEditor` */
  readonly onEditing?: (device: string) => void;
  /** Called after each image. @param total number of calls if no image is broken */
  readonly onProgress?: (done: number, total: number) => void;
  readonly shouldStop?: () => boolean;
}

/**
 * Decodes a concept's pairs into the project's cache, unless they are there. The cache's key is made of the content of the
 * files, their names below their folders, the concept's edit, the image settings, the seed and the image editor, so a copy of
 * the project has it too. Source images (`.dnw/sources`) are shared by all concepts with the same ones, targets
 * (`.dnw/pairs`) belong to one concept. Images are written as they are made: memory does not depend on their number.
 * @param image the `image` section of a training config
 * @returns undefined if `shouldStop` returned true; nothing is left of a file that was being written
 * @throws UserError if fewer than two pairs can be used, an editor lacks something that it needs, or a file changes meanwhile
 */
export async function preparePairs(
  concept: LoadedConcept,
  image: TrainingConfig['image'],
  seed: number,
  {
    openEditor,
    onEditing = () => {},
    onProgress = () => {},
    shouldStop = () => false,
    ...options
  }: PrepareOptions,
): Promise<PreparedPairs | undefined> {
  const hashes = options.hashes ?? (await FileHashes.open(projectFolderOf(concept.path)));
  const plan = await planPreparation(concept, image, seed, { openEditor, hashes, shouldStop });
  if (!plan) return undefined;
  const found = await preparedFrom(plan);
  if (found) return found;

  const { listing, selection } = plan;
  const decoded = imagesToDecode(listing.refs, selection);
  const total = decoded + Math.min(listing.refs.length, selection.train + selection.test);
  let done = 0;
  const onImage = () => onProgress(Math.min(++done, total), total);
  let sources = await openSources(plan);
  if (!sources) {
    if (!(await writeSources(plan, { hashes, onImage, shouldStop }))) return undefined;
    sources = await openSources(plan);
    if (!sources) throw new Error(`${plan.sourcesPath}: written, but not as expected`);
    // Another concept's targets may have needed it.
    const nowFound = await preparedFrom(plan);
    if (nowFound) return nowFound;
  }
  done = decoded;
  if (!(await writeTargets(plan, sources, { hashes, onEditing, onImage, shouldStop }))) return undefined;
  const prepared = await preparedFrom(plan);
  if (!prepared) throw new Error(`${plan.pairsPath}: written, but not as expected`);
  return prepared;
}

/**
 * A concept's pairs if they are in the cache (`preparePairs`).
 * @throws UserError if the images cannot be listed, or an editor lacks something that it needs
 */
export async function cachedPairs(
  concept: LoadedConcept,
  image: TrainingConfig['image'],
  seed: number,
  openEditor: OpenEditor,
): Promise<PreparedPairs | undefined> {
  const hashes = await FileHashes.open(projectFolderOf(concept.path));
  const plan = await planPreparation(concept, image, seed, { openEditor, hashes, shouldStop: () => false });
  return preparedFrom(plan!);
}

/** Decodes the source images. @returns false after a stop */
async function writeSources(
  { pairs, listing, selection, sourcesPath }: PreparationPlan,
  options: { hashes: FileHashes; onImage: () => void; shouldStop: () => boolean },
): Promise<boolean> {
  return ImageFileWriter.write(sourcesPath, selection.size, async (writer) => {
    const names: string[] = [];
    const originals: [number, number][] = [];
    const skipped = await selectSourceImages(pairs, listing, selection, options, async (image) => {
      const { ref, bytes, original } = image;
      await options.hashes.confirm(ref.source);
      await writer.append(bytes);
      names.push(ref.name);
      originals.push([original.width, original.height]);
    });
    return (
      skipped && {
        names,
        originals,
        skipped: skipped.map(({ ref, reason }) => ({ name: ref.name, reason })),
      }
    );
  });
}

/** The pairs that a plan is for, if both files are in the cache and undamaged. */
async function preparedFrom(plan: PreparationPlan): Promise<PreparedPairs | undefined> {
  const targets = await ifSound(openImageFile(plan.pairsPath, pairsSchema));
  const sources = targets && (await openSources(plan));
  if (!sources || !belongTogether(targets, sources)) return undefined;
  const { rows, names, test, remarks } = targets.about;
  const set = (from: number, to: number): PreparedSet => ({
    count: to - from,
    source: new ImageRows(sources, rows.slice(from, to)),
    target: new ImageRows(
      targets,
      Array.from({ length: to - from }, (_, i) => from + i),
    ),
    names: names.slice(from, to),
  });
  return {
    size: targets.size,
    train: set(test, rows.length),
    test: set(0, test),
    skipped: skippedFiles(plan, sources.about.skipped, targets.about.skipped),
    passedOver: plan.listing.passedOver,
    // Pairs of this size may have been prepared for a config that does not crop.
    remarks: [...remarks, ...remarksOnSize(plan, sources, rows)],
    path: plan.pairsPath,
  };
}

function belongTogether({ about, count, size }: PairsFile, sources: SourcesFile): boolean {
  const { rows, names, test } = about;
  return (
    size === sources.size &&
    [rows.length, names.length].every((length) => length === count) &&
    test < count &&
    rows.every((row, i) => sources.about.names[row] === names[i])
  );
}

async function openSources({ sourcesPath }: PreparationPlan): Promise<SourcesFile | undefined> {
  const sources = await ifSound(openImageFile(sourcesPath, sourcesSchema));
  if (!sources) return undefined;
  const { names, originals } = sources.about;
  return names.length === sources.count && originals.length === sources.count ? sources : undefined;
}

/** A file in the cache; undefined if it is missing or damaged, so that it is made again. */
async function ifSound<T>(file: Promise<ImageFile<T>>): Promise<ImageFile<T> | undefined> {
  try {
    return await file;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
