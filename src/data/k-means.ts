import type { Random } from './random.ts';

const MAX_ROUNDS = 20;

/**
 * Medoids by k-means (Lloyd 1982, seeded by k-means++, Arthur and Vassilvitskii 2007): for each cluster, the index of the
 * point nearest to its mean.
 * @param points vectors of equal length
 * @param k at most the number of points
 * @returns k different indices, ascending
 */
export function representatives(points: readonly Float32Array[], k: number, random: Random): number[] {
  if (k >= points.length) return points.map((_, index) => index);
  let centers = spreadCenters(points, k, random);
  let clusters = assign(points, centers);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    centers = meansOf(points, clusters, centers);
    const next = assign(points, centers);
    const settled = next.every((cluster, index) => cluster === clusters[index]);
    clusters = next;
    if (settled) break;
  }
  const chosen = new Set(medoids(points, clusters, centers));
  // Equal points leave clusters empty: fill up with points that have not been chosen.
  for (let index = 0; chosen.size < k; index++) chosen.add(index);
  return [...chosen].sort((a, b) => a - b);
}

/**
 * Initial centers: the first at random, each further one with a probability proportional to its squared distance from the
 * nearest center so far.
 */
function spreadCenters(points: readonly Float32Array[], k: number, random: Random): Float32Array[] {
  const centers = [points[random.int(points.length)]!];
  const distances = points.map((point) => squaredDistance(point, centers[0]!));
  while (centers.length < k) {
    const center = points[drawByWeight(distances, random)]!;
    centers.push(center);
    points.forEach((point, i) => {
      distances[i] = Math.min(distances[i]!, squaredDistance(point, center));
    });
  }
  return centers;
}

/** An index, drawn with a probability proportional to its weight; any index if all weights are 0. */
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

/** Index of the nearest center of each point. */
function assign(points: readonly Float32Array[], centers: readonly Float32Array[]): number[] {
  return points.map((point) => {
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    centers.forEach((center, cluster) => {
      const distance = squaredDistance(point, center);
      if (distance < least) {
        least = distance;
        nearest = cluster;
      }
    });
    return nearest;
  });
}

/** The mean of each cluster; an empty one keeps its center. */
function meansOf(
  points: readonly Float32Array[],
  clusters: readonly number[],
  centers: readonly Float32Array[],
): Float32Array[] {
  const sums = centers.map((center) => new Float32Array(center.length));
  const counts = new Array<number>(centers.length).fill(0);
  points.forEach((point, index) => {
    const cluster = clusters[index]!;
    const sum = sums[cluster]!;
    for (let i = 0; i < point.length; i++) sum[i]! += point[i]!;
    counts[cluster]!++;
  });
  return sums.map((sum, cluster) =>
    counts[cluster] === 0 ? centers[cluster]! : sum.map((value) => value / counts[cluster]!),
  );
}

function medoids(
  points: readonly Float32Array[],
  clusters: readonly number[],
  centers: readonly Float32Array[],
): Iterable<number> {
  const nearest = new Map<number, { index: number; distance: number }>();
  points.forEach((point, index) => {
    const cluster = clusters[index]!;
    const distance = squaredDistance(point, centers[cluster]!);
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
