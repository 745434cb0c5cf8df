import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { testOnlyNames } from '../project/images/image-split.ts';
import { inOrder } from '../project/in-order.ts';
import { UserError } from '../project/user-error.ts';
import { type ImageSize, imageToBytes } from './image-values.ts';
import { UnreadableImage } from './images.ts';
import { representatives } from './k-means.ts';
import type { PairImageOptions, PairListing, PairRef, PairSource } from './pairs.ts';
import { Random } from './random.ts';

/** How many training and test images a concept gets, and how they are chosen. */
export interface SourceSelection extends PairImageOptions {
  readonly train: number;
  readonly test: number;
  /** See {@link testOnlyNames}. Absent: test images are drawn from all. */
  readonly testOnly?: string;
  readonly seed: number;
}

/** A decoded source image. */
export interface SourceImage {
  readonly ref: PairRef;
  /** size x size x 3 values, 0 to 255. */
  readonly bytes: Uint8Array;
  /** Size of the file's whole image. */
  readonly original: ImageSize;
}

/** A source image that cannot be decoded. */
export interface SkippedSource {
  readonly ref: PairRef;
  readonly reason: string;
}

/** Side in pixels of the thumbnails by which images are compared. */
const FEATURE_SIZE = 8;
/** In a large folder, training images are chosen from this many times their number. */
const CANDIDATES_PER_IMAGE = 5;

/**
 * Chooses and decodes a concept's source images. A hash of seed and file name determines the test images, so that concepts
 * with the same sources have the same ones; with `testOnly`, it chooses from the images of these names, of which none is
 * trained on. If there are more images than needed, the training images are those nearest to
 * the means of as many clusters (k-means on 8 x 8 thumbnails).
 * @param onImage called after every image that is looked at
 * @param use gets the images one by one, test images first
 * @returns the images that cannot be decoded; undefined if `shouldStop` returned true
 * @throws UserError if fewer than two images can be decoded
 */
export async function selectSourceImages(
  pairs: PairSource,
  listing: PairListing,
  selection: SourceSelection,
  { onImage, shouldStop }: { onImage: () => void; shouldStop: () => boolean },
  use: (image: SourceImage) => Promise<void>,
): Promise<SkippedSource[] | undefined> {
  const { train, seed, size, fit, maxFileSize } = selection;
  const skipped: SkippedSource[] = [];
  /** @returns whether all were decoded: false after a stop */
  const decode = async (
    refs: readonly PairRef[],
    side: number,
    each: (image: SourceImage) => Promise<void> | void,
  ) => {
    const options = { size: side, fit, ...(maxFileSize && { maxFileSize }) };
    if (shouldStop()) return false;
    const outcomes = inOrder(refs, 2 * availableParallelism(), (ref) => decodeSource(pairs, ref, options));
    for await (const outcome of outcomes) {
      if ('reason' in outcome) skipped.push(outcome);
      else await each(outcome);
      onImage();
      if (shouldStop()) return false;
    }
    return true;
  };

  const { isTestOnly, test, ...choice } = choiceOf(orderByHash(listing.refs, seed), selection);
  let refs = choice.refs;
  const looked = candidateCount(refs.length, { train, test });
  if (looked > 0) {
    const candidates: { ref: PairRef; features: Float32Array }[] = [];
    const isDone = await decode(refs.slice(0, looked), FEATURE_SIZE, ({ ref, bytes }) => {
      candidates.push({ ref, features: Float32Array.from(bytes) });
    });
    if (!isDone) return undefined;
    // Some may not have been decoded.
    const held = isTestOnly ? candidates.filter(({ ref }) => isTestOnly(ref.name)).length : test;
    const rest = candidates.slice(held);
    const features = rest.map((candidate) => candidate.features);
    const chosen = representatives(features, train, new Random(seed).fork('representatives'));
    refs = [...candidates.slice(0, held), ...chosen.map((index) => rest[index]!)].map(({ ref }) => ref);
  }
  let usable = 0;
  const isDone = await decode(refs, size, async (image) => {
    usable++;
    await use(image);
  });
  if (!isDone) return undefined;
  if (usable < 2) throw tooFew(listing, usable, skipped);
  return skipped;
}

/** Images in the order in which they are chosen. */
interface Choice {
  /** Test images first. */
  readonly refs: readonly PairRef[];
  /** How many of them are tested on. */
  readonly test: number;
  /** See {@link testOnlyNames}. */
  readonly isTestOnly: ((name: string) => boolean) | undefined;
}

/** If names say which images are only tested on: those, at most as many as are wanted, and the others. */
function choiceOf(refs: readonly PairRef[], selection: SourceSelection): Choice {
  const isTestOnly = testOnlyNames(selection);
  if (isTestOnly === undefined) return { refs, test: selection.test, isTestOnly };
  const tests = refs.filter(({ name }) => isTestOnly(name)).slice(0, selection.test);
  const others = refs.filter(({ name }) => !isTestOnly(name));
  return { refs: [...tests, ...others], test: tests.length, isTestOnly };
}

/** The number of the `count` images that are looked at to choose from; 0 if all are used. */
function candidateCount(count: number, { train, test }: Pick<SourceSelection, 'train' | 'test'>): number {
  return count > train + test ? Math.min(count, test + CANDIDATES_PER_IMAGE * train) : 0;
}

/** How often `selectSourceImages` calls `onImage` if no file is broken. */
export function imagesToDecode(refs: readonly PairRef[], selection: SourceSelection): number {
  const { train } = selection;
  const {
    refs: { length: count },
    test,
  } = choiceOf(refs, selection);
  return candidateCount(count, { train, test }) + Math.min(count, train + test);
}

async function decodeSource(
  pairs: PairSource,
  ref: PairRef,
  options: PairImageOptions,
): Promise<SourceImage | SkippedSource> {
  try {
    const image = await pairs.loadSource(ref, options);
    return { ref, bytes: imageToBytes(image), original: image.original };
  } catch (error) {
    if (error instanceof UnreadableImage) return { ref, reason: error.reason };
    throw error;
  }
}

/** An order that depends only on the seed and each file's own name. */
function orderByHash(refs: readonly PairRef[], seed: number): PairRef[] {
  return refs
    .map((ref) => ({ ref, hash: createHash('sha256').update(`${seed} ${ref.name}`).digest('hex') }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .map(({ ref }) => ref);
}

function tooFew(listing: PairListing, usable: number, skipped: readonly SkippedSource[]): UserError {
  const reasons = skipped.slice(0, 5).map(({ ref, reason }) => `\n  ${ref.source}: ${reason}`);
  return new UserError(
    'few-images',
    `At least two images are needed, one to train on and one to test on; ` +
      `of the ${listing.refs.length} found (${listing.refs[0]!.source}${listing.refs.length > 1 ? ', ...' : ''}) ` +
      `${usable} can be used. Add images, or fix these:${reasons.join('')}`,
  );
}
