import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { UserError } from '../project/user-error.ts';
import { type ImageSize, imageToBytes, UnreadableImage } from './images.ts';
import { representatives } from './k-means.ts';
import type { PairImageOptions, PairListing, PairRef, PairSource, SkippedFile } from './pairs.ts';
import { Random } from './random.ts';

/** How many training and test images a concept gets, and how they are chosen. */
export interface SourceSelection extends PairImageOptions {
  readonly train: number;
  readonly test: number;
  readonly seed: number;
}

export interface SourceImage {
  readonly ref: PairRef;
  /** size x size x 3 values, 0 to 255. */
  readonly bytes: Uint8Array;
  /** Size of the file's whole image; unknown if the image was decoded for another concept. */
  readonly original?: ImageSize;
}

export interface SourceImages {
  /** Test images first. */
  readonly images: readonly SourceImage[];
  readonly skipped: readonly SkippedFile[];
}

/** Side in pixels of the thumbnails by which images are compared. */
const FEATURE_SIZE = 8;
/** In a large folder, training images are chosen from this many times their number. */
const CANDIDATES_PER_IMAGE = 5;

/**
 * Chooses and decodes a concept's source images. A hash of seed and file name determines the test images, so that concepts
 * with the same sources have the same ones. If there are more images than needed, the training images are those nearest to
 * the means of as many clusters (k-means on 8 x 8 thumbnails).
 * @param onImage called after every image that is looked at
 * @returns undefined if `shouldStop` returned true
 * @throws UserError if fewer than two images can be decoded
 */
export async function selectSourceImages(
  pairs: PairSource,
  listing: PairListing,
  selection: SourceSelection,
  { onImage, shouldStop }: { onImage: () => void; shouldStop: () => boolean },
): Promise<SourceImages | undefined> {
  const { train, test, seed, size, fit, maxFileSize } = selection;
  const skipped: SkippedFile[] = [];
  const decode = async (refs: readonly PairRef[], side: number) => {
    const images: SourceImage[] = [];
    const batch = availableParallelism();
    for (let start = 0; start < refs.length; start += batch) {
      if (shouldStop()) return undefined;
      const outcomes = await Promise.all(
        refs.slice(start, start + batch).map(async (ref) => {
          const outcome = await decodeSource(pairs, ref, {
            size: side,
            fit,
            ...(maxFileSize && { maxFileSize }),
          });
          onImage();
          return outcome;
        }),
      );
      for (const outcome of outcomes) {
        if ('reason' in outcome) skipped.push(outcome);
        else images.push(outcome);
      }
    }
    return images;
  };

  let refs = orderByHash(listing.refs, seed);
  const looked = candidateCount(refs.length, selection);
  if (looked > 0) {
    const candidates = await decode(refs.slice(0, looked), FEATURE_SIZE);
    if (!candidates) return undefined;
    const rest = candidates.slice(test);
    const features = rest.map(({ bytes }) => Float32Array.from(bytes));
    const chosen = representatives(features, train, new Random(seed).fork('representatives'));
    refs = [...candidates.slice(0, test), ...chosen.map((index) => rest[index]!)].map(({ ref }) => ref);
  }
  const images = await decode(refs, size);
  if (!images) return undefined;
  if (images.length < 2) throw tooFew(listing, images.length, skipped);
  return { images, skipped };
}

/** The number of the `count` images that are looked at to choose from; 0 if all are used. */
function candidateCount(count: number, { train, test }: SourceSelection): number {
  return count > train + test ? Math.min(count, test + CANDIDATES_PER_IMAGE * train) : 0;
}

/** How often `selectSourceImages` calls `onImage` if no file is broken. */
export function imagesToDecode(count: number, selection: SourceSelection): number {
  return candidateCount(count, selection) + Math.min(count, selection.train + selection.test);
}

async function decodeSource(
  pairs: PairSource,
  ref: PairRef,
  options: PairImageOptions,
): Promise<SourceImage | SkippedFile> {
  try {
    const image = await pairs.loadSource(ref, options);
    return { ref, bytes: imageToBytes(image), original: image.original };
  } catch (error) {
    if (error instanceof UnreadableImage) return { file: error.file, reason: error.reason };
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

function tooFew(listing: PairListing, usable: number, skipped: readonly SkippedFile[]): UserError {
  const reasons = skipped.slice(0, 5).map(({ file, reason }) => `\n  ${file}: ${reason}`);
  return new UserError(
    'few-images',
    `At least two images are needed, one to train on and one to test on; ` +
      `of the ${listing.refs.length} found (${listing.refs[0]!.source}${listing.refs.length > 1 ? ', ...' : ''}) ` +
      `${usable} can be used. Add images, or fix these:${reasons.join('')}`,
  );
}
