/** LoRA rank by section of a generator. */
export type SectionRanks = Readonly<Record<string, number>>;

/** One point of the search. */
export interface RankTry {
  readonly ranks: SectionRanks;
  readonly score: number;
  /** Whether the search continued from these ranks. */
  readonly kept: boolean;
}

export interface RankSearchOptions {
  readonly sections: readonly string[];
  /** Largest rank to try, 1 or more. */
  readonly maximum: number;
  /** Least improvement of the score for a larger rank to be kept. */
  readonly tolerance: number;
  /**
   * Scores ranks; higher is better. Called at most once for the same ranks.
   * @param mostLeft upper bound of the number of tries left, including this one
   * @returns undefined to end the search
   */
  readonly score: (ranks: SectionRanks, mostLeft: number) => Promise<number | undefined>;
}

/**
 * E2GAN's search for ranks (Gong et al. 2024: raises ranks from the least one as long as the score improves; the
 * details are not published). Every section starts at rank 1, and one section after another is doubled, round after
 * round. A section whose doubling does not help, or that has reached the largest rank, keeps its rank from then on.
 * @returns every try in order, the last kept one being the result; undefined if `score` ended the search
 */
export async function searchSectionRanks(options: RankSearchOptions): Promise<RankTry[] | undefined> {
  const { sections, maximum, tolerance, score } = options;
  let best: SectionRanks = Object.fromEntries(sections.map((section) => [section, 1]));
  const doublings = (section: string) => Math.floor(Math.log2(maximum / best[section]!));
  const open = new Set(sections.filter((section) => doublings(section) > 0));
  const left = () => [...open].reduce((sum, section) => sum + doublings(section), 0);

  let bestScore = await score(best, 1 + left());
  if (bestScore === undefined) return undefined;
  const tries: RankTry[] = [{ ranks: best, score: bestScore, kept: true }];
  while (open.size > 0) {
    for (const section of [...open]) {
      const ranks = { ...best, [section]: 2 * best[section]! };
      const found = await score(ranks, left());
      if (found === undefined) return undefined;
      const kept = found > bestScore + tolerance;
      tries.push({ ranks, score: found, kept });
      if (kept) {
        best = ranks;
        bestScore = found;
      }
      if (!kept || doublings(section) === 0) open.delete(section);
    }
  }
  return tries;
}
