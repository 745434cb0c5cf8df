/** Statistics of one flat weight vector and of a zoo. Pure functions from arrays to plain objects. */
import type { BlockSplitter } from '../../data/blocks.ts';
import { principalComponents, projectOnAxes } from '../../data/principal-components.ts';
import type { Standardizer } from '../../data/standardizer.ts';
import { standardize } from '../../data/standardizer.ts';
import type { LayerManifest } from '../../models/lora.ts';
import type {
  HistogramPair,
  LayerStatistics,
  MapPoint,
  NearestConcept,
  WeightStatistics,
  WeightSummary,
} from '../../protocol/statistics.ts';

const NEAREST = 10;

/** Moments over all finite values of several arrays together. */
export function summarize(parts: readonly Float32Array[]): WeightSummary {
  let count = 0;
  let notFinite = 0;
  let sum = 0;
  let squares = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const part of parts) {
    for (const value of part) {
      if (!Number.isFinite(value)) {
        notFinite++;
        continue;
      }
      count++;
      sum += value;
      squares += value * value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (count === 0) return { count, notFinite, mean: 0, std: 0, min: 0, max: 0, norm: 0 };
  const mean = sum / count;
  let deviations = 0;
  for (const part of parts) {
    for (const value of part) if (Number.isFinite(value)) deviations += (value - mean) ** 2;
  }
  return { count, notFinite, mean, std: Math.sqrt(deviations / count), min, max, norm: Math.sqrt(squares) };
}

/** Edges of bars of equal width that span the finite values of several arrays; one more edge than bars. */
export function histogramEdges(parts: readonly Float32Array[], bins: number): number[] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const part of parts) {
    for (const value of part) {
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (min > max) [min, max] = [0, 0];
  // If all values are equal, span one unit around them.
  const low = max > min ? min : min - 0.5;
  const width = (max > min ? max - min : 1) / bins;
  return Array.from({ length: bins + 1 }, (_, i) => low + i * width);
}

/** Densities of the finite values of a set over bars that span it; all 0 if there are none. */
export function densities(parts: readonly Float32Array[], edges: readonly number[]): number[] {
  const bins = edges.length - 1;
  const low = edges[0]!;
  const width = (edges[bins]! - low) / bins;
  const counts = new Array<number>(bins).fill(0);
  let total = 0;
  for (const part of parts) {
    for (const value of part) {
      if (!Number.isFinite(value)) continue;
      total++;
      counts[Math.min(bins - 1, Math.floor((value - low) / width))]!++;
    }
  }
  return counts.map((count) => (total > 0 ? count / total / width : 0));
}

/** Densities of the finite values of two sets over the same bars, which span both. */
export function histogramPair(
  weights: readonly Float32Array[],
  zoo: readonly Float32Array[],
  bins: number,
): HistogramPair {
  const edges = histogramEdges([...weights, ...zoo], bins);
  return { edges, weights: densities(weights, edges), zoo: densities(zoo, edges) };
}

/**
 * Number of bars for a set of this size, at most `bins`. It grows with the cube root (Rice's rule), so that a dozen
 * weights are not drawn as a dozen needles.
 */
function barsFor(size: number, bins: number): number {
  return Math.min(bins, Math.ceil(3 * Math.cbrt(size)));
}

/** Statistics of each tensor of a vector, in the manifest's order, and of the same tensor over the zoo members. */
export function layerStatistics(
  manifest: LayerManifest,
  weights: Float32Array,
  zoo: readonly Float32Array[],
  bins: number,
): LayerStatistics[] {
  return manifest.map(({ name, shape, offset, size, rank }) => {
    const cut = (vector: Float32Array) => vector.subarray(offset, offset + size);
    const own = [cut(weights)];
    const others = zoo.map(cut);
    return {
      name,
      shape: [...shape],
      rank,
      weights: summarize(own),
      zoo: summarize(others),
      histogram: histogramPair(own, others, barsFor(size, bins)),
    };
  });
}

/** Root mean square of each block's finite weights, and its mean and standard deviation over the zoo. */
export function blockStatistics(
  splitter: BlockSplitter,
  manifest: LayerManifest,
  weights: Float32Array,
  zoo: readonly Float32Array[],
): WeightStatistics['blocks'] {
  const own = blockRms(splitter, weights);
  const others = zoo.map((vector) => blockRms(splitter, vector));
  const overZoo = own.map((_, block) => summarize([Float32Array.from(others, (rms) => rms[block]!)]));
  return {
    size: splitter.blockSize,
    layer: own.map((_, block) => layersOf(splitter, manifest, block)),
    rms: own,
    zooMean: overZoo.map(({ mean }) => mean),
    zooStd: overZoo.map(({ std }) => std),
  };
}

/** Positions in the vector of the weights of a block, without its padding. */
function positionsIn({ blockSize, positions }: BlockSplitter, block: number): Int32Array {
  return positions.subarray(block * blockSize, (block + 1) * blockSize).filter((position) => position >= 0);
}

/** Histogram of the weights of one block, without its padding, and of the same block over the zoo members. */
export function blockHistogram(
  splitter: BlockSplitter,
  block: number,
  weights: Float32Array,
  zoo: readonly Float32Array[],
  bins: number,
): HistogramPair {
  const held = positionsIn(splitter, block);
  const cut = (vector: Float32Array) => Float32Array.from(held, (position) => vector[position]!);
  return histogramPair([cut(weights)], zoo.map(cut), barsFor(held.length, bins));
}

function blockRms(splitter: BlockSplitter, vector: Float32Array): number[] {
  const { blockSize, count, mask } = splitter;
  const values = splitter.split(vector);
  return Array.from({ length: count }, (_, block) => {
    let squares = 0;
    let weights = 0;
    for (let i = block * blockSize; i < (block + 1) * blockSize; i++) {
      if (!Number.isFinite(values[i])) continue;
      squares += values[i]! ** 2;
      weights += mask[i]!;
    }
    return weights > 0 ? Math.sqrt(squares / weights) : 0;
  });
}

/** The layer whose weights a block holds; if there are several, the first and the last. */
function layersOf(splitter: BlockSplitter, manifest: LayerManifest, block: number): string {
  const held = positionsIn(splitter, block);
  const [first, last] = [held[0]!, held.at(-1)!].map(
    (position) => manifest.find(({ offset, size }) => position < offset + size && position >= offset)!.layer,
  );
  return first === last ? first! : `${first} to ${last}`;
}

/** A zoo member's weights, or other weights to show among them. */
export interface NamedWeights {
  readonly concept: string;
  readonly prompt: string;
  readonly kind: MapPoint['kind'];
  readonly vector: Float32Array;
}

/** The same weights with standardized vectors. */
export function standardized(standardizer: Standardizer, weights: readonly NamedWeights[]): NamedWeights[] {
  return weights.map((each) => ({ ...each, vector: standardize(standardizer, each.vector) }));
}

/** The map that a zoo's vectors span, with other weights placed on it; all vectors are standardized. */
export function zooMap(
  zoo: readonly NamedWeights[],
  others: readonly NamedWeights[],
): WeightStatistics['map'] {
  const plane = principalComponents(
    zoo.map(({ vector }) => vector),
    2,
  );
  const points = [...zoo, ...others].map(({ concept, kind, vector }) => {
    const [x, y] = projectOnAxes(plane, vector);
    return { concept, kind, x: x!, y: y! };
  });
  return { points, explained: [plane.explained[0]!, plane.explained[1]!] };
}

/** The zoo members nearest to the given weights, by Euclidean distance; all vectors are standardized. */
export function nearestMembers(zoo: readonly NamedWeights[], weights: Float32Array): NearestConcept[] {
  return zoo
    .map(({ concept, prompt, vector }) => ({ concept, prompt, ...compare(weights, vector) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, NEAREST);
}

/** Root mean square of the difference of two vectors, and the cosine of the angle between them (0 if one is zero). */
export function compare(a: Float32Array, b: Float32Array): { distance: number; cosine: number } {
  let squares = 0;
  let product = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    squares += (a[i]! - b[i]!) ** 2;
    product += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  const norms = Math.sqrt(aa * bb);
  return { distance: Math.sqrt(squares / a.length), cosine: norms > 0 ? product / norms : 0 };
}
