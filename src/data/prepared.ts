import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileStamp } from '../project/disk/file-stamp.ts';
import type { PassedOver } from '../project/disk/passed-over.ts';
import { pairLayout } from '../project/files/pair-source.ts';
import { imageSplit } from '../project/images/image-split.ts';
import { projectFolderOf, projectPaths } from '../project/paths.ts';
import type { LoadedConcept } from '../project/project.ts';
import type { TrainingConfig } from '../project/schema/training-schema.ts';
import { UserError } from '../project/user-error.ts';
import type { OpenEditor } from './image-editor.ts';
import { type Fit, type ImageSize, imageFromBytes, imageToBytes, UnreadableImage } from './images.ts';
import { alignedRemarks, type PairRemark, sameImageRemarks, shapeRemarks } from './pair-remarks.ts';
import { openPairs, type PairListing, type PairSource, type PairTargets, type SkippedFile } from './pairs.ts';
import { readSafetensors, type Safetensors, writeSafetensors } from './safetensors.ts';
import {
  imagesToDecode,
  type SourceImage,
  type SourceImages,
  type SourceSelection,
  selectSourceImages,
} from './source-images.ts';
import { unlessStopped } from './unless-stopped.ts';

/** Decoded pairs: `count` images of size x size x 3 bytes each, one after the other (NHWC, sRGB, 0 to 255). */
interface PreparedSet {
  readonly count: number;
  readonly source: Uint8Array;
  readonly target: Uint8Array;
  /** Names of the source files below the source folder. */
  readonly names: readonly string[];
}

export interface PreparedPairs {
  /** Side in pixels: the size of the training images plus the margin for random crops. */
  readonly size: number;
  readonly train: PreparedSet;
  readonly test: PreparedSet;
  /** Files that were left out, each with the reason. */
  readonly skipped: readonly SkippedFile[];
  /** Images and folders that scanning ignores. */
  readonly passedOver: readonly PassedOver[];
  /** What should be known about the pairs that are used. */
  readonly remarks: readonly PairRemark[];
  /** The file in the cache. */
  readonly path: string;
}

export interface PrepareOptions {
  /** Opens the image editor of concepts that name one. */
  readonly openEditor: OpenEditor;
  /** Called before an editor edits the first image. @param device see `LoadedEditor` */
  readonly onEditing?: (device: string) => void;
  /** Called after each image. @param total number of calls if no image is broken */
  readonly onProgress?: (done: number, total: number) => void;
  readonly shouldStop?: () => boolean;
}

/** Raise this if decoding, an effect or the layout of these files changes, so that older caches are made again. */
const CACHE_VERSION = 2;

/**
 * Decodes a concept's pairs, or reads them from the project's cache (`.dnw/pairs`) if concept, image settings, seed, files
 * (by size and times) and image editor are the same as when they were prepared.
 * @param image the `image` section of a training config
 * @returns undefined if `shouldStop` returned true; pairs in the cache are returned even then
 * @throws UserError if fewer than two pairs can be used, or an editor lacks something that it needs
 */
export async function preparePairs(
  concept: LoadedConcept,
  image: TrainingConfig['image'],
  seed: number,
  { openEditor, onEditing = () => {}, onProgress = () => {}, shouldStop = () => false }: PrepareOptions,
): Promise<PreparedPairs | undefined> {
  const pairs = openPairs(concept, openEditor);
  const listing = await pairs.list();
  const { train, test, fit, maxFileSize } = image;
  const selection: SourceSelection = { train, test, fit, maxFileSize, seed, size: image.size + image.jitter };
  const files = await fingerprint(listing);
  const { pairs: folder } = projectPaths(projectFolderOf(concept.path));
  const identity = await pairs.identity();
  const key = hashOf({ pairs: concept.pairs, selection, files, ...(identity !== undefined && { identity }) });
  const path = join(folder, `${concept.name}-${key}.safetensors`);
  const cached = await readIfSound(path);
  const { passedOver } = listing;
  if (cached) return { ...preparedFrom(cached, path), passedOver };

  const decoded = imagesToDecode(listing.refs.length, selection);
  const total = decoded + Math.min(listing.refs.length, train + test);
  let done = 0;
  const step = () => onProgress(Math.min(++done, total), total);
  const sources = await sourceImages(pairs, listing, selection, {
    sharedPath: join(dirname(folder), 'sources', `${hashOf({ selection, files })}.safetensors`),
    onImage: step,
    shouldStop,
  });
  if (!sources) return undefined;
  done = decoded;

  const skipped = [...listing.skipped, ...sources.skipped];
  const { images } = sources;
  const held = imageSplit(images.length, selection).test;
  const made: { test: LoadedPair[]; train: LoadedPair[] } = { test: [], train: [] };
  const targets = await pairs.openTargets();
  try {
    if (targets.device !== undefined) onEditing(targets.device);
    for (const [kind, part] of [
      ['train', images.slice(held)],
      ['test', images.slice(0, held)],
    ] as const) {
      const loaded = await addTargets(targets, part, selection, { skipped, step, shouldStop });
      if (!loaded) return undefined;
      made[kind] = loaded;
    }
  } finally {
    await targets.dispose();
  }
  // A held-out pair whose target cannot be used is replaced by the next pair, so the split is made of what is left.
  const usable = [...made.test, ...made.train];
  const { test: testCount } = imageSplit(usable.length, selection);
  const sets = { test: setOf(usable.slice(0, testCount)), train: setOf(usable.slice(testCount)) };
  if (sets.train.count === 0 || sets.test.count === 0) throw unusable(concept, skipped);
  const remarks = remarksOn(concept, usable, [sets.train, sets.test], fit);
  const prepared = { size: selection.size, ...sets, skipped, passedOver, remarks, path };
  await writePrepared(prepared);
  return prepared;
}

function remarksOn(
  concept: LoadedConcept,
  pairs: readonly LoadedPair[],
  sets: readonly PreparedSet[],
  fit: Fit,
): PairRemark[] {
  const seen = pairs.map(({ image, original }) => ({
    name: image.ref.name,
    source: image.original,
    target: original,
  }));
  switch (pairLayout(concept.pairs).kind) {
    case 'aligned':
      return [...alignedRemarks(seen), ...sameImageRemarks(sets)];
    case 'folders':
      return [...shapeRemarks(seen, fit), ...sameImageRemarks(sets)];
    case 'edited':
      return sameImageRemarks(sets);
  }
}

/** Concepts whose targets are made by editors often have the same source images: they share them decoded. */
async function sourceImages(
  pairs: PairSource,
  listing: PairListing,
  selection: SourceSelection,
  options: { sharedPath: string; onImage: () => void; shouldStop: () => boolean },
): Promise<SourceImages | undefined> {
  if (!pairs.sharesSources) return selectSourceImages(pairs, listing, selection, options);
  const shared = await readShared(options.sharedPath, listing);
  if (shared) return shared;
  const sources = await selectSourceImages(pairs, listing, selection, options);
  if (sources) await writeShared(options.sharedPath, sources, selection.size);
  return sources;
}

/** A source image with its target. */
interface LoadedPair {
  readonly image: SourceImage;
  readonly target: Uint8Array;
  /** Size of the target's file, if it is one. */
  readonly original: ImageSize | undefined;
}

/** Pairs of the sources whose target is available; the others are added to `skipped`. */
async function addTargets(
  opened: PairTargets,
  sources: readonly SourceImage[],
  options: SourceSelection,
  { skipped, step, shouldStop }: { skipped: SkippedFile[]; step: () => void; shouldStop: () => boolean },
): Promise<LoadedPair[] | undefined> {
  const { size } = options;
  const pairs: LoadedPair[] = [];
  for (let start = 0; start < sources.length; start += opened.batchSize) {
    if (shouldStop()) return undefined;
    // Effects are computed on this thread: let signals and timers run between images.
    await setImmediate();
    const batch = sources.slice(start, start + opened.batchSize);
    const loaded = await unlessStopped(shouldStop, (signal) =>
      opened.load(
        batch.map(({ ref, bytes }) => ({ ref, source: imageFromBytes(bytes, size, size) })),
        options,
        signal,
      ),
    );
    if (!loaded) return undefined;
    for (const [index, image] of batch.entries()) {
      const target = loaded[index]!;
      if (target instanceof UnreadableImage) skipped.push({ file: target.file, reason: target.reason });
      else {
        const original = 'original' in target ? target.original : undefined;
        pairs.push({ image, target: imageToBytes(target), original });
      }
      step();
    }
  }
  return pairs;
}

function setOf(pairs: readonly LoadedPair[]): PreparedSet {
  return {
    count: pairs.length,
    source: concatenate(pairs.map(({ image }) => image.bytes)),
    target: concatenate(pairs.map(({ target }) => target)),
    names: pairs.map(({ image }) => image.ref.name),
  };
}

async function writePrepared({ size, train, test, skipped, remarks, path }: PreparedPairs): Promise<void> {
  const tensor = (count: number, data: Uint8Array) => ({ shape: [count, size, size, 3], data });
  await writeSafetensors(
    path,
    {
      'train/source': tensor(train.count, train.source),
      'train/target': tensor(train.count, train.target),
      'test/source': tensor(test.count, test.source),
      'test/target': tensor(test.count, test.target),
    },
    {
      trainNames: JSON.stringify(train.names),
      testNames: JSON.stringify(test.names),
      skipped: JSON.stringify(skipped),
      remarks: JSON.stringify(remarks),
    },
  );
}

function preparedFrom({ tensors, metadata }: Safetensors, path: string): Omit<PreparedPairs, 'passedOver'> {
  const set = (kind: 'train' | 'test'): PreparedSet => ({
    count: tensors.get(`${kind}/source`)!.shape[0]!,
    source: tensors.get(`${kind}/source`)!.data as Uint8Array,
    target: tensors.get(`${kind}/target`)!.data as Uint8Array,
    names: JSON.parse(metadata[`${kind}Names`]!),
  });
  return {
    size: tensors.get('train/source')!.shape[1]!,
    train: set('train'),
    test: set('test'),
    skipped: JSON.parse(metadata.skipped!),
    remarks: JSON.parse(metadata.remarks!),
    path,
  };
}

/** Source images that another concept has decoded from the same list of files. */
async function readShared(path: string, listing: PairListing): Promise<SourceImages | undefined> {
  const cached = await readIfSound(path);
  if (!cached) return undefined;
  const refs = new Map(listing.refs.map((ref) => [ref.name, ref]));
  const { shape, data } = cached.tensors.get('images')!;
  const bytesPerImage = data.length / shape[0]!;
  const names: string[] = JSON.parse(cached.metadata.names!);
  const images = names.map((name, index) => ({
    ref: refs.get(name)!,
    bytes: (data as Uint8Array).subarray(index * bytesPerImage, (index + 1) * bytesPerImage),
  }));
  return { images, skipped: JSON.parse(cached.metadata.skipped!) };
}

async function writeShared(path: string, { images, skipped }: SourceImages, size: number): Promise<void> {
  const data = concatenate(images.map(({ bytes }) => bytes));
  await writeSafetensors(
    path,
    { images: { shape: [images.length, size, size, 3], data } },
    {
      names: JSON.stringify(images.map(({ ref }) => ref.name)),
      skipped: JSON.stringify(skipped),
    },
  );
}

/** Reads a cache; undefined if it is missing or damaged, so that it is made again. */
async function readIfSound(path: string): Promise<Safetensors | undefined> {
  try {
    return await readSafetensors(path);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Path, size and times of every file that a pair is made from. */
async function fingerprint({ refs }: PairListing): Promise<unknown[]> {
  return Promise.all(
    refs.map(async ({ name, source, target }) => {
      return [name, source, target, await fileStamp(source), target && (await fileStamp(target))];
    }),
  );
}

function hashOf(content: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([CACHE_VERSION, content]))
    .digest('hex')
    .slice(0, 16);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function unusable(concept: LoadedConcept, skipped: readonly SkippedFile[]): UserError {
  const reasons = skipped.slice(0, 5).map(({ file, reason }) => `\n  ${file}: ${reason}`);
  return new UserError(
    'few-images',
    `${concept.path}: at least two pairs are needed, one to train on and one to test on. ` +
      `Fix or add images:${reasons.join('')}`,
  );
}
