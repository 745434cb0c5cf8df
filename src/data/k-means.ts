import type { Random } from './random.ts';

const MAX_ROUNDS = 20;

/**
 * k-means (Lloyd 1982, seeded by k-means++, Arthur and Vassilvitskii 2007): for each cluster, the index of the
 * point nearest to its mean.
 * @param points equally long vectors
 * @param k at most the number of points
 * @returns k different indices, ascending
 */
export function representatives(points: readonly Float32Array[], k: number, random: Random): number[] {
  if (k >= points.length) return points.map((_, index) => index);
  let centres = spreadCentres(points, k, random);
  let clusters = assign(points, centres);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    centres = meansOf(points, clusters, centres);
    const next = assign(points, centres);
    const settled = next.every((cluster, index) => cluster === clusters[index]);
    clusters = next;
    if (settled) break;
  }
  const chosen = new Set(medoids(points, clusters, centres));
  // Equal points leave clusters empty: fill up with what has not been chosen.
  for (let index = 0; chosen.size < k; index++) chosen.add(index);
  return [...chosen].sort((a, b) => a - b);
}

/** First centre at random, each further one with a probability that grows with its squared distance. */
function spreadCentres(points: readonly Float32Array[], k: number, random: Random): Float32Array[] {
  const centres = [points[random.int(points.length)]!];
  const distances = points.map((point) => squaredDistance(point, centres[0]!));
  while (centres.length < k) {
    const centre = points[drawByWeight(distances, random)]!;
    centres.push(centre);
    points.forEach((point, i) => {
      distances[i] = Math.min(distances[i]!, squaredDistance(point, centre));
    });
  }
  return centres;
}

/** An index, drawn with a probability in proportion to its weight; any index where all weights are 0. */
function drawByWeight(weights: readonly number[], random: Random): number {
  const total = weights.reduce((a, b) => a + b, 0);
  if (total === 0) return random.int(weights.length);
  let left = random.uniform() * total;
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}

/** Index of the nearest centre of each point. */
function assign(points: readonly Float32Array[], centres: readonly Float32Array[]): number[] {
  return points.map((point) => {
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    centres.forEach((centre, cluster) => {
      const distance = squaredDistance(point, centre);
      if (distance < least) {
        least = distance;
        nearest = cluster;
      }
    });
    return nearest;
  });
}

/** The mean of each cluster; an empty one keeps its centre. */
function meansOf(
  points: readonly Float32Array[],
  clusters: readonly number[],
  centres: readonly Float32Array[],
): Float32Array[] {
  const sums = centres.map((centre) => new Float32Array(centre.length));
  const counts = new Array<number>(centres.length).fill(0);
  points.forEach((point, index) => {
    const cluster = clusters[index]!;
    const sum = sums[cluster]!;
    for (let i = 0; i < point.length; i++) sum[i]! += point[i]!;
    counts[cluster]!++;
  });
  return sums.map((sum, cluster) =>
    counts[cluster] === 0 ? centres[cluster]! : sum.map((value) => value / counts[cluster]!),
  );
}

function medoids(
  points: readonly Float32Array[],
  clusters: readonly number[],
  centres: readonly Float32Array[],
): Iterable<number> {
  const nearest = new Map<number, { index: number; distance: number }>();
  points.forEach((point, index) => {
    const cluster = clusters[index]!;
    const distance = squaredDistance(point, centres[cluster]!);
    const best = nearest.get(cluster);
    if (!best || distance < best.distance) nearest.set(cluster, { index, distance });
  });
  return [...nearest.values()].map(({ index }) => index);
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
