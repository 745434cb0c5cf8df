/**
 * Tells whether denoised weights are a copy of a zoo member. The scale is the zoo's own spacing: how far its members
 * are from their nearest fellow members, in weights and in the pictures that they make. Pure functions from arrays to
 * plain objects.
 */
import { type Standardizer, standardize } from '../../data/standardizer.ts';
import type { LayerManifest } from '../../models/lora.ts';
import { HIGHEST_PSNR } from '../metrics/image-metrics.ts';
import { evenlyChosen, median, quantile } from '../metrics/sample-statistics.ts';
import { compare, summarize } from '../metrics/weight-statistics.ts';

/**
 * Greatest distance of a copy, as a share of the usual distance between neighbors. The factor is from Yoon et al. 2023
 * ("Diffusion probabilistic models generalize when they fail to memorize"), who call a sample memorized if its
 * nearest training example is nearer than the second by this factor. The zoo's own spacing is the more stable measure
 * if many members are alike.
 */
const COPY_RATIO = 1 / 3;
/** Most members whose nearest neighbor is searched among all members: the number of distances grows quadratically. */
const MOST_MEMBERS = 200;

export interface Neighbor {
  /** Index among the members. */
  readonly index: number;
  /** Root mean square difference of the standardized vectors. */
  readonly distance: number;
}

/** A sample as its median and its 10 % and 90 % quantiles. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Members by distance in standardized weights, the nearest first; `except` is left out. */
export function neighbors(
  standardizer: Standardizer,
  members: readonly Float32Array[],
  vector: Float32Array,
  except?: number,
): Neighbor[] {
  const own = standardize(standardizer, vector);
  return neighborsOf(
    members.map((member) => standardize(standardizer, member)),
    own,
    except,
  );
}

/** The index and the nearest fellow member of each of some evenly chosen members. @param members at least two */
export function nearestAmongMembers(
  standardizer: Standardizer,
  members: readonly Float32Array[],
): { member: number; nearest: Neighbor }[] {
  const standardized = members.map((member) => standardize(standardizer, member));
  return evenlyChosen([...members.keys()], MOST_MEMBERS).map((member) => ({
    member,
    nearest: neighborsOf(standardized, standardized[member]!, member)[0]!,
  }));
}

function neighborsOf(members: readonly Float32Array[], own: Float32Array, except?: number): Neighbor[] {
  return [...members.keys()]
    .filter((index) => index !== except)
    .map((index) => ({ index, distance: compare(own, members[index]!).distance }))
    .sort((a, b) => a.distance - b.distance);
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), low: quantile(values, 0.1), high: quantile(values, 0.9) };
}

/** A tensor's norm and standard deviation, and their ranges over the members. */
export interface LayerRange {
  readonly name: string;
  readonly norm: number;
  readonly normRange: readonly [number, number];
  /** Standard deviation of the tensor's values. */
  readonly std: number;
  readonly stdRange: readonly [number, number];
  /** True if both are within the members' ranges. */
  readonly within: boolean;
}

export function layerRanges(
  manifest: LayerManifest,
  vector: Float32Array,
  members: readonly Float32Array[],
): LayerRange[] {
  return manifest.map(({ name, offset, size }) => {
    const momentsOf = (of: Float32Array) => summarize([of.subarray(offset, offset + size)]);
    const { norm, std } = momentsOf(vector);
    const zoo = members.map(momentsOf);
    const range = (values: number[]): [number, number] => [Math.min(...values), Math.max(...values)];
    const normRange = range(zoo.map((moments) => moments.norm));
    const stdRange = range(zoo.map((moments) => moments.std));
    const inside = (value: number, [low, high]: [number, number]) => value >= low && value <= high;
    const within = inside(norm, normRange) && inside(std, stdRange);
    return { name, norm, normRange, std, stdRange, within };
  });
}

/** Mean distance of all pairs of draws in standardized weights; 0 for one draw. */
export function drawSpread(standardizer: Standardizer, draws: readonly Float32Array[]): number {
  const standardized = draws.map((draw) => standardize(standardizer, draw));
  const distances = standardized.flatMap((a, i) =>
    standardized.slice(i + 1).map((b) => compare(a, b).distance),
  );
  return distances.reduce((sum, distance) => sum + distance, 0) / Math.max(1, distances.length);
}

/** A zoo member compared with the denoised weights. */
export interface MemberNeighbor {
  readonly concept: string;
  readonly distance: number;
  /** PSNR in decibels between its translations and those of the denoised weights, on the same images. */
  readonly likeness: number;
}

export interface Memorization {
  readonly concept: string;
  /** The nearest members by weights, nearest first. */
  readonly nearest: readonly MemberNeighbor[];
  /** The member with the nearest prompt. */
  readonly nearestByPrompt: MemberNeighbor;
  /** Distance of each member to its nearest fellow member. */
  readonly memberDistances: readonly number[];
  /** Likeness of some members to their nearest fellow members, in decibels. */
  readonly memberLikenesses: readonly number[];
  readonly layers: readonly LayerRange[];
  readonly draws: { readonly count: number; readonly spread: number };
}

export interface MemorizationVerdict {
  /**
   * `copy`: at most a third of the usual distance away, in weights or in pictures. `close`: nearer to a member than
   * nine in ten members are to theirs, in weights or in pictures. Otherwise `new`.
   */
  readonly verdict: 'copy' | 'close' | 'new';
  /** Distance to the nearest member, divided by the median of the members' own. */
  readonly ratio: number;
  readonly distances: Spread;
  readonly likenesses: Spread;
  /** The member whose pictures are most like those of the denoised weights. */
  readonly mostAlike: MemberNeighbor;
}

/** Judges by the measured numbers whether the weights are a copy. */
export function memorizationVerdict(memorization: Memorization): MemorizationVerdict {
  const distances = spreadOf(memorization.memberDistances);
  const likenesses = spreadOf(memorization.memberLikenesses);
  const { distance } = memorization.nearest[0]!;
  const mostAlike = [...memorization.nearest, memorization.nearestByPrompt].reduce((a, b) =>
    b.likeness > a.likeness ? b : a,
  );
  // If members are equal the median is 0, and any other distance is infinitely larger.
  const ratio = distance === 0 ? 0 : distance / distances.median;
  // Decibels are logarithms of mean squares: a third of the difference is 9.5 dB.
  const copied = Math.min(likenesses.median - 20 * Math.log10(COPY_RATIO), HIGHEST_PSNR);
  const isCopy = ratio <= COPY_RATIO || mostAlike.likeness >= copied;
  const isClose = distance < distances.low || mostAlike.likeness > likenesses.high;
  return {
    verdict: isCopy ? 'copy' : isClose ? 'close' : 'new',
    ratio,
    distances,
    likenesses,
    mostAlike,
  };
}
