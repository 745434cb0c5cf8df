import { DOMParser } from 'linkedom';
import { describe, expect, test } from 'vitest';
import type { Standardizer } from '../../../src/data/standardizer.ts';
import type { LayerManifest } from '../../../src/models/lora.ts';
import {
  drawSpread,
  layerRanges,
  type MemberNeighbor,
  type Memorization,
  memorizationVerdict,
  nearestAmongMembers,
  neighbors,
} from '../../../src/pipeline/evaluation/memorization.ts';
import { memorizationLines, memorizationSvg } from '../../../src/pipeline/evaluation/memorization-report.ts';

const floats = (...values: number[]) => Float32Array.from(values);

/** Of a plot that says nothing else, in pixels. */
const MARGIN = 40;

/** Points on a line and one off it, in weights of deviation 2 and 1 around (1, 0). */
const MEMBERS = [floats(1, 0), floats(3, 0), floats(7, 0), floats(1, 4)];
const STANDARDIZER: Standardizer = { mean: floats(1, 0), std: floats(2, 1) };
const RMS = Math.SQRT2;

describe('distances in standardized weights', () => {
  test('are root mean squares, the nearest first', () => {
    const ranked = neighbors(STANDARDIZER, MEMBERS, floats(3, 3));
    // Standardized: the vector (1, 3); the members (0, 0), (1, 0), (3, 0), (0, 4).
    expect(ranked.map(({ index }) => index)).toEqual([3, 1, 0, 2]);
    const expected = [Math.sqrt(2), 3, Math.sqrt(10), Math.sqrt(13)].map((d) => expect.closeTo(d / RMS, 6));
    expect(ranked.map(({ distance }) => distance)).toEqual(expected);
  });

  test('among members leave the member itself out', () => {
    const found = nearestAmongMembers(STANDARDIZER, MEMBERS);
    expect(found.map(({ member, nearest }) => [member, nearest.index])).toEqual([
      [0, 1],
      [1, 0],
      [2, 1],
      [3, 0],
    ]);
    const expected = [1, 1, 2, 4].map((d) => expect.closeTo(d / RMS, 6));
    expect(found.map(({ nearest }) => nearest.distance)).toEqual(expected);
  });

  test('of draws are averaged over their pairs', () => {
    const draws = [floats(1, 0), floats(3, 0), floats(7, 0)];
    expect(drawSpread(STANDARDIZER, draws)).toBeCloseTo((1 + 3 + 2) / 3 / RMS, 6);
    expect(drawSpread(STANDARDIZER, draws.slice(0, 1))).toBe(0);
  });
});

test('norms and deviations of each tensor are set beside the range of the members', () => {
  const tensor = (name: string, offset: number) => ({
    name,
    offset,
    size: 2,
    shape: [2],
    layer: name,
    section: name,
    rank: 1,
  });
  const manifest: LayerManifest = [tensor('a', 0), tensor('b', 2)];
  const members = [floats(3, 4, 1, -1), floats(6, 8, 2, -2)];
  const [a, b] = layerRanges(manifest, floats(0, 7, 3, -3), members);
  expect(a).toEqual({ name: 'a', norm: 7, normRange: [5, 10], std: 3.5, stdRange: [0.5, 1], within: false });
  expect(b).toMatchObject({
    norm: expect.closeTo(Math.sqrt(18), 6),
    std: 3,
    stdRange: [1, 2],
    within: false,
  });
  expect(layerRanges(manifest, floats(5, 6.5, 1.5, -1.5), members).map(({ within }) => within)).toEqual([
    true,
    true,
  ]);
});

const beside = (distance: number, alike: number, concept = 'fog'): MemberNeighbor => ({
  concept,
  distance,
  likeness: alike,
});

/** Members 0.8 to 1.2 from their nearest, whose pictures are 16 to 20 dB alike. */
function memorization(nearest: MemberNeighbor, byPrompt = beside(2, 15, 'snow')): Memorization {
  return {
    concept: 'sepia-fog',
    nearest: [nearest],
    nearestByPrompt: byPrompt,
    memberDistances: [0.8, 0.9, 1, 1.1, 1.2],
    memberLikenesses: [16, 17, 18, 19, 20],
    layers: [],
    draws: { count: 4, spread: 0.5 },
  };
}

describe('the verdict', () => {
  test.each([
    ['the member itself', memorization(beside(0, 100)), 'copy'],
    ['weights a third as far as members are', memorization(beside(0.33, 25)), 'copy'],
    ['other weights that do the same', memorization(beside(1.5, 18 + 9.6)), 'copy'],
    ['the pictures of the member of nearest prompt', memorization(beside(1.5, 12), beside(2, 40)), 'copy'],
    ['weights nearer than members are', memorization(beside(0.7, 17)), 'close'],
    ['pictures more alike than members’ are', memorization(beside(1, 21)), 'close'],
    ['weights as far as members are', memorization(beside(1, 18)), 'new'],
  ])('on %s', (_what, of, verdict) => {
    expect(memorizationVerdict(of).verdict).toBe(verdict);
  });

  test('of a vector that is a member of the zoo is a copy', () => {
    const [first] = neighbors(STANDARDIZER, MEMBERS, MEMBERS[2]!);
    const memberDistances = nearestAmongMembers(STANDARDIZER, MEMBERS).map(({ nearest }) => nearest.distance);
    const of = { ...memorization(beside(first!.distance, 100)), memberDistances };
    expect(memorizationVerdict(of)).toMatchObject({ verdict: 'copy', ratio: 0 });
  });

  test('on a zoo whose members are all alike takes an equal for a copy and nothing else', () => {
    const alike = { memberDistances: [0, 0, 0], memberLikenesses: [100, 100, 100] };
    expect(memorizationVerdict({ ...memorization(beside(0, 100)), ...alike }).verdict).toBe('copy');
    expect(memorizationVerdict({ ...memorization(beside(0.2, 20)), ...alike })).toMatchObject({
      verdict: 'new',
      ratio: Infinity,
    });
  });
});

describe('the report', () => {
  test('ends with the answer and its numbers', () => {
    expect(memorizationLines(memorization(beside(0.95, 17.25))).at(-1)).toBe(
      "Is it a copy? No: sepia-fog is 0.950 from the nearest zoo member (fog), 0.95 times the members' median of 1.00, " +
        'and its pictures match those of fog at 17.3 dB; those of neighboring members match at 18.0 dB.',
    );
    expect(memorizationLines(memorization(beside(0, 100))).at(-1)).toMatch(
      /^Is it a copy\? Yes: sepia-fog is 0\.00 from/,
    );
    expect(memorizationLines(memorization(beside(0.7, 17))).at(-1)).toMatch(
      /^Is it a copy\? Not a copy, but closer/,
    );
  });

  test('names the tensors that no member has the like of, and the spread of the draws', () => {
    const layer = (name: string, within: boolean) =>
      ({ name, norm: 3, normRange: [1, 2], std: 1, stdRange: [0, 2], within }) as const;
    const layers = [
      layer('a', true),
      layer('b', false),
      layer('c', false),
      layer('d', false),
      layer('e', false),
    ];
    const lines = memorizationLines({ ...memorization(beside(1, 18)), layers });
    expect(lines[2]).toBe(
      "norms and deviations: 1 of 5 tensors within the zoo's ranges; outside: b (norm 3.00, zoo 1.00 to 2.00), " +
        'c (norm 3.00, zoo 1.00 to 2.00), d (norm 3.00, zoo 1.00 to 2.00) and 1 more',
    );
    expect(lines[3]).toBe("4 seeds: draws are 0.500 apart, 0.50 times the members' median");
    const same = { ...memorization(beside(1, 18)), draws: { count: 4, spread: 1e-9 } };
    expect(memorizationLines(same)[3]).toBe('4 seeds: every draw gives the same weights');
  });

  test('has a histogram of the members with the weights marked where they lie', () => {
    const svg = memorizationSvg(memorization(beside(0.6, 18)));
    expect(svg).toContain('sepia-fog to fog');
    expect(svg).not.toContain('NaN');
    const document = new DOMParser().parseFromString(svg, 'image/svg+xml');
    const xOf = (selector: string, attribute: string) =>
      [...document.querySelectorAll(selector)].map((element) => Number(element.getAttribute(attribute)));
    const bars = xOf('[aria-label="rect"] rect', 'x');
    const [mark] = xOf('[aria-label="rule"][stroke="#0072b2"] line', 'x1');
    // 0.6 lies three quarters of the way from the left edge, 0, to the first member's 0.8.
    expect(bars).toHaveLength(5);
    expect((mark! - MARGIN) / (Math.min(...bars) - MARGIN)).toBeCloseTo(0.75, 1);
  });
});
