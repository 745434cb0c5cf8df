/** Length of the longest name that spelling correction looks at; longer names are not typing errors. */
const MAX_LENGTH = 64;

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbors. */
function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  const cost = new Uint16Array((a.length + 1) * width);
  for (let i = 0; i <= a.length; i++) cost[i * width] = i;
  for (let j = 0; j <= b.length; j++) cost[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const differs = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(
        cost[(i - 1) * width + j]! + 1,
        cost[i * width + j - 1]! + 1,
        cost[(i - 1) * width + j - 1]! + differs,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, cost[(i - 2) * width + j - 2]! + 1);
      }
      cost[i * width + j] = best;
    }
  }
  return cost[a.length * width + b.length]!;
}

/** A name without case and separators: `batch_size` and `batchSize` count as the same spelling. */
const folded = (name: string) => name.toLowerCase().replace(/[\s_-]/g, '');

/**
 * The candidates that `name` may have been meant to be, nearest first: those that differ in at most a third of the letters
 * (in one letter for short names), and those of which one begins with the other.
 */
export function nearestNames(name: string, candidates: Iterable<string>): string[] {
  const wanted = folded(name);
  if (wanted === '' || wanted.length > MAX_LENGTH) return [];
  const scored: { candidate: string; distance: number }[] = [];
  for (const candidate of candidates) {
    const other = folded(candidate);
    if (other.length > MAX_LENGTH) continue;
    const longest = Math.max(wanted.length, other.length);
    const allowed = longest < 3 ? 0 : Math.max(1, Math.floor(longest / 3));
    const distance =
      Math.abs(wanted.length - other.length) > allowed ? Infinity : editDistance(wanted, other);
    if (distance <= allowed) scored.push({ candidate, distance });
    else if (
      Math.min(wanted.length, other.length) >= 4 &&
      (other.startsWith(wanted) || wanted.startsWith(other))
    )
      scored.push({ candidate, distance: allowed + 1 });
  }
  return scored.sort((a, b) => a.distance - b.distance).map(({ candidate }) => candidate);
}
