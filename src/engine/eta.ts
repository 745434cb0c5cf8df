/** Samples older than this no longer count, because the rate of a stage changes over time. */
const WINDOW_MS = 30_000;
/** Shortest span to estimate from: the first steps compile and warm caches. */
const SHORTEST_SPAN_MS = 1_000;
/** Least time between two samples, so that a window holds at most a few hundred. */
const SPACING_MS = 100;

interface Sample {
  time: number;
  done: number;
}

/** Estimates the time left for a piece of work from its rate over the last half minute. */
export class EtaEstimator {
  #samples: Sample[] = [];
  #total = Number.NaN;

  /**
   * @param done work done so far, in any unit
   * @param total all the work, in the same unit; a different total, or less done than before, starts a new estimate
   * @param time milliseconds of a monotonic clock
   * @returns seconds left; undefined until there is one second of work to estimate from
   */
  update(done: number, total: number, time: number): number | undefined {
    const newest = this.#samples.at(-1);
    if (total !== this.#total || (newest !== undefined && done < newest.done)) {
      this.#samples = [];
      this.#total = total;
    }
    this.#add({ time, done });
    const oldest = this.#samples[0]!;
    const span = time - oldest.time;
    const advance = done - oldest.done;
    if (span < SHORTEST_SPAN_MS || advance <= 0) return undefined;
    return (Math.max(0, total - done) * span) / advance / 1000;
  }

  #add(sample: Sample): void {
    const beforeNewest = this.#samples.at(-2);
    if (beforeNewest !== undefined && sample.time - beforeNewest.time < SPACING_MS) this.#samples.pop();
    this.#samples.push(sample);
    // The last sample outside the window stays: steps longer than the window still need two to compare.
    while (this.#samples.length > 2 && sample.time - this.#samples[1]!.time >= WINDOW_MS)
      this.#samples.shift();
  }
}
