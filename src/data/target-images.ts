/** Makes the targets of a concept's pairs and writes them to the cache. */
import { basename } from 'node:path';
import type * as z from 'zod';
import type { FileHashes } from '../project/disk/file-hashes.ts';
import { pairLayout } from '../project/files/pair-source.ts';
import type { ImageFile, pairsSchema, sourcesSchema } from '../project/images/image-file.ts';
import { imageSplit, testOnlyNames } from '../project/images/image-split.ts';
import { inOrder } from '../project/in-order.ts';
import type { LoadedConcept } from '../project/project.ts';
import { UserError } from '../project/user-error.ts';
import { ImageFileWriter } from './image-file-writer.ts';
import { type Image, imageFromBytes, imageToBytes } from './image-values.ts';
import { type DecodedImage, UnreadableImage } from './images.ts';
import {
  alignedRemarks,
  enlargedRemarks,
  type PairRemark,
  SAME_IMAGES,
  shapeDifference,
} from './pair-remarks.ts';
import type { PairRef, PairTargets, SkippedFile } from './pairs.ts';
import type { PreparationPlan } from './preparation-plan.ts';
import { ImageRows } from './stored-images.ts';
import { unlessStopped } from './unless-stopped.ts';

export type PairsFile = ImageFile<z.output<typeof pairsSchema>>;
export type SourcesFile = ImageFile<z.output<typeof sourcesSchema>>;

interface TargetOptions {
  readonly hashes: FileHashes;
  /** Called before an editor edits the first image. @param device see `LoadedEditor` */
  readonly onEditing: (device: string) => void;
  /** Called after each image. */
  readonly onImage: () => void;
  readonly shouldStop: () => boolean;
}

/** A source image with its target. */
interface LoadedPair {
  /** Index of the source image in its file. */
  readonly row: number;
  readonly ref: PairRef;
  readonly source: Uint8Array;
  readonly target: Image | DecodedImage | UnreadableImage;
}

/**
 * Writes the targets of all source images, in their order, and what should be known about the pairs. A pair whose target
 * cannot be used is left out; if it was held out, the next one takes its place.
 * @returns false after a stop; nothing is left then
 * @throws UserError if fewer than two pairs are left, or an editor cannot be loaded
 */
export async function writeTargets(
  plan: PreparationPlan,
  sources: SourcesFile,
  options: TargetOptions,
): Promise<boolean> {
  const { concept, selection, pairsPath } = plan;
  const { names } = sources.about;
  return ImageFileWriter.write(pairsPath, selection.size, async (writer) => {
    const rows: number[] = [];
    const skipped: SkippedImage[] = [];
    let isEdited = false;
    const isDone = await eachPair(plan, sources, options, async ({ row, ref, source, target }) => {
      const reason = reasonAgainst(plan, sources, row, target);
      if (reason !== undefined) {
        skipped.push({ name: ref.name, reason });
        return;
      }
      if ('original' in target) await options.hashes.confirm(ref.target ?? ref.source);
      const bytes = imageToBytes(target as Image);
      await writer.append(bytes);
      rows.push(row);
      isEdited ||= Buffer.compare(bytes, source) !== 0;
    });
    if (!isDone) return undefined;
    const isTestOnly = testOnlyNames(selection);
    const testOnly = isTestOnly && rows.filter((row) => isTestOnly(names[row]!)).length;
    const { train, test } = imageSplit(rows.length, selection, testOnly);
    if (train === 0 || test === 0)
      throw unusable(concept, skippedFiles(plan, sources.about.skipped, skipped));
    const remarks: PairRemark[] = [...remarksOn(plan, sources, rows), ...(isEdited ? [] : [SAME_IMAGES])];
    return {
      sources: basename(sources.path),
      rows,
      names: rows.map((row) => names[row]!),
      test,
      skipped,
      remarks,
    } satisfies z.input<typeof pairsSchema>;
  });
}

/** Loads the target of each source image, several at a time, and gives the pairs in order. @returns false after a stop */
async function eachPair(
  { pairs, listing, selection }: PreparationPlan,
  sources: SourcesFile,
  { onEditing, onImage, shouldStop }: TargetOptions,
  use: (pair: LoadedPair) => Promise<void>,
): Promise<boolean> {
  const refs = new Map(listing.refs.map((ref) => [ref.name, ref]));
  const { size, count } = sources;
  const stored = new ImageRows(
    sources,
    Array.from({ length: count }, (_, row) => row),
  );
  const targets = await pairs.openTargets();
  const load = async (batch: readonly number[], signal: AbortSignal): Promise<LoadedPair[]> => {
    const toLoad = await Promise.all(
      batch.map(async (row) => ({
        row,
        ref: refs.get(sources.about.names[row]!)!,
        bytes: await stored.read(row),
      })),
    );
    const loaded = await targets.load(
      toLoad.map(({ ref, bytes }) => ({ ref, source: imageFromBytes(bytes, size, size) })),
      selection,
      signal,
    );
    return toLoad.map(({ row, ref, bytes }, i) => ({ row, ref, source: bytes, target: loaded[i]! }));
  };
  try {
    if (targets.device !== undefined) onEditing(targets.device);
    const isDone = await unlessStopped(shouldStop, async (signal) => {
      const loaded = inOrder(batchesOf(count, targets), targets.concurrency, (batch) => {
        signal.throwIfAborted();
        return load(batch, signal);
      });
      for await (const batch of loaded) {
        for (const pair of batch) {
          await use(pair);
          onImage();
        }
        if (shouldStop()) return false;
      }
      return true;
    });
    return isDone === true;
  } finally {
    await targets.dispose();
  }
}

function batchesOf(count: number, { batchSize }: PairTargets): number[][] {
  return Array.from({ length: Math.ceil(count / batchSize) }, (_, batch) =>
    Array.from({ length: Math.min(batchSize, count - batch * batchSize) }, (_, i) => batch * batchSize + i),
  );
}

/** Why a pair cannot be used; undefined if it can. */
function reasonAgainst(
  { concept, selection }: PreparationPlan,
  { about }: SourcesFile,
  row: number,
  target: LoadedPair['target'],
): string | undefined {
  if (target instanceof UnreadableImage) return target.reason;
  if (!('original' in target) || pairLayout(concept.pairs).kind !== 'folders') return undefined;
  const [width, height] = about.originals[row]!;
  return shapeDifference({ width, height }, target.original, selection.fit);
}

function remarksOn(
  { concept }: PreparationPlan,
  { about }: SourcesFile,
  rows: readonly number[],
): PairRemark[] {
  if (pairLayout(concept.pairs).kind !== 'aligned') return [];
  return alignedRemarks(
    rows.map((row) => {
      const [width, height] = about.originals[row]!;
      return { name: about.names[row]!, size: { width, height } };
    }),
  );
}

/** What should be known about the size of source images that training sees crops of. */
export function remarksOnSize(
  { concept, selection, isCropped }: PreparationPlan,
  { about }: SourcesFile,
  rows: readonly number[],
): PairRemark[] {
  if (!isCropped) return [];
  const isAligned = pairLayout(concept.pairs).kind === 'aligned';
  return enlargedRemarks(
    rows.map((row) => {
      const [width, height] = about.originals[row]!;
      return { name: about.names[row]!, size: { width: isAligned ? Math.floor(width / 2) : width, height } };
    }),
    selection,
  );
}

/** An image that is left out, by its source image's name: a project may be moved, so no path is stored. */
interface SkippedImage {
  readonly name: string;
  readonly reason: string;
}

/** All files that are left out: without a counterpart, undecodable sources, and unusable targets. */
export function skippedFiles(
  { listing }: PreparationPlan,
  sources: readonly SkippedImage[],
  targets: readonly SkippedImage[],
): SkippedFile[] {
  const refs = new Map(listing.refs.map((ref) => [ref.name, ref]));
  return [
    ...listing.skipped,
    ...sources.map(({ name, reason }) => ({ file: refs.get(name)!.source, reason })),
    ...targets.map(({ name, reason }) => {
      const { source, target = source } = refs.get(name)!;
      return { file: target, reason };
    }),
  ];
}

function unusable(concept: LoadedConcept, skipped: readonly SkippedFile[]): UserError {
  const reasons = skipped.slice(0, 5).map(({ file, reason }) => `\n  ${file}: ${reason}`);
  return new UserError(
    'few-images',
    `${concept.path}: at least two pairs are needed, one to train on and one to test on. ` +
      `Fix or add images:${reasons.join('')}`,
  );
}
