import { describe, expect, test } from 'vitest';
import { type SectionRanks, searchSectionRanks } from '../../../src/pipeline/training/rank-search.ts';

/** A score that grows by `gain` with each doubling of a section, up to a rank beyond which it stays. */
function saturating(sections: Record<string, { gain: number; upTo: number }>) {
  return (ranks: SectionRanks) =>
    Object.entries(sections).reduce(
      (sum, [section, { gain, upTo }]) => sum + gain * Math.log2(Math.min(ranks[section]!, upTo)),
      20,
    );
}

async function search(score: (ranks: SectionRanks) => number, maximum: number, tolerance = 0.1) {
  const bounds: number[] = [];
  const tries = await searchSectionRanks({
    sections: ['down', 'middle', 'up'],
    maximum,
    tolerance,
    score: async (ranks, mostLeft) => {
      bounds.push(mostLeft);
      return score(ranks);
    },
  });
  return { tries: tries!, bounds, best: tries!.findLast(({ kept }) => kept)! };
}

const score = saturating({
  down: { gain: 1, upTo: 1 },
  middle: { gain: 1, upTo: 4 },
  up: { gain: 0.5, upTo: 8 },
});

describe('the search for ranks by section', () => {
  test('raises each section as far as the score gets better', async () => {
    const { tries, best } = await search(score, 64);
    expect(best).toEqual({ ranks: { down: 1, middle: 4, up: 8 }, score: 20 + 2 + 1.5, kept: true });
    // The start; one doubling of each that helps, and one that does not.
    expect(tries).toHaveLength(1 + (0 + 2 + 3) + 3);
    expect(tries.slice(0, 4).map(({ ranks, kept }) => [Object.values(ranks), kept])).toEqual([
      [[1, 1, 1], true],
      [[2, 1, 1], false],
      [[1, 2, 1], true],
      [[1, 2, 2], true],
    ]);
  });

  test('never tries a rank beyond the largest, nor the same ranks twice', async () => {
    const { tries, best } = await search(score, 5);
    expect(best.ranks).toEqual({ down: 1, middle: 4, up: 4 });
    expect(Math.max(...tries.flatMap(({ ranks }) => Object.values(ranks)))).toBe(4);
    expect(new Set(tries.map(({ ranks }) => JSON.stringify(ranks))).size).toBe(tries.length);
    expect((await search(score, 1)).tries).toHaveLength(1);
  });

  test('keeps a rank only where it is better by more than the tolerance', async () => {
    expect((await search(score, 64, 0.5)).best.ranks).toEqual({ down: 1, middle: 4, up: 1 });
    expect((await search(score, 64, 0.49)).best.ranks).toEqual({ down: 1, middle: 4, up: 8 });
  });

  test('says beforehand how many tries may come, and never more do', async () => {
    const { tries, bounds } = await search(score, 8);
    expect(bounds[0]).toBe(1 + 3 * 3);
    expect(bounds.every((bound, i) => bound >= tries.length - i)).toBe(true);
    expect(bounds.every((bound, i) => i === 0 || bound < bounds[i - 1]!)).toBe(true);
  });

  test('ends without a result where it is stopped', async () => {
    let calls = 0;
    const tries = await searchSectionRanks({
      sections: ['a', 'b'],
      maximum: 8,
      tolerance: 0,
      score: async () => (++calls === 3 ? undefined : calls),
    });
    expect([tries, calls]).toEqual([undefined, 3]);
  });
});
