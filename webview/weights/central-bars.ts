import type { HistogramPair } from '../../src/protocol/statistics.ts';

/** Maximum share of each set outside either end of the drawn range. */
export const TAIL = 0.001;

/**
 * The bars that hold both sets without their outermost TAIL on either side: a few extreme weights of a large zoo would
 * otherwise squeeze the rest into the middle of the axis. Densities are unchanged.
 */
export function centralBars({ edges, weights, zoo }: HistogramPair): HistogramPair {
  const width = edges[1]! - edges[0]!;
  const [ownFrom, ownTo] = centralRange(weights, width);
  const [zooFrom, zooTo] = centralRange(zoo, width);
  const [from, to] = [Math.min(ownFrom, zooFrom), Math.max(ownTo, zooTo)];
  return {
    edges: edges.slice(from, to + 2),
    weights: weights.slice(from, to + 1),
    zoo: zoo.slice(from, to + 1),
  };
}

/** First and last bar to keep of one set; for an empty set none, so that the other set decides. */
function centralRange(densities: readonly number[], width: number): [first: number, last: number] {
  const reaches = (from: number, step: 1 | -1) => {
    let mass = 0;
    for (let i = from; i >= 0 && i < densities.length; i += step) {
      mass += densities[i]! * width;
      if (mass > TAIL) return i;
    }
    return undefined;
  };
  return [reaches(0, 1) ?? densities.length - 1, reaches(densities.length - 1, -1) ?? 0];
}
