import { describe, expect, it } from 'vitest';
import { Random } from '../../src/data/random.ts';
import {
  destandardize,
  fitStandardizer,
  type Standardization,
  standardize,
} from '../../src/data/standardizer.ts';

const SEGMENTS = [
  { name: 'a', offset: 0, size: 3 },
  { name: 'b', offset: 3, size: 2 },
];
const SCALE = [1, 10, 100, 1e-3, 1e-4];
const random = new Random(1);
const ZOO = Array.from({ length: 50 }, () =>
  // Weight 2 is the same in every member.
  Float32Array.from(SCALE, (scale, i) => (i === 2 ? 0.1 : scale * (random.normal() + 3))),
);

describe.each(['parameter', 'tensor', 'none'] as Standardization[])('%s', (kind) => {
  const standardizer = fitStandardizer(kind, ZOO, SEGMENTS);

  it('is undone by its inverse', () => {
    for (const member of ZOO) {
      const back = destandardize(standardizer, standardize(standardizer, member));
      for (const [i, value] of back.entries()) {
        expect(Math.abs(value - member[i]!)).toBeLessThanOrEqual(1e-5 * Math.max(1e-4, Math.abs(member[i]!)));
      }
    }
  });

  it('survives JSON', () => {
    const json = JSON.parse(
      JSON.stringify({ mean: [...standardizer.mean], std: [...standardizer.std] }),
    ) as Record<string, number[]>;
    const again = { mean: Float32Array.from(json.mean!), std: Float32Array.from(json.std!) };
    expect(standardize(again, ZOO[0]!)).toEqual(standardize(standardizer, ZOO[0]!));
  });
});

function moments(values: number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    mean,
    std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length),
  };
}

it('brings each weight to mean 0 and deviation 1 over the zoo, constants to 0', () => {
  const standardizer = fitStandardizer('parameter', ZOO, SEGMENTS);
  const members = ZOO.map((member) => standardize(standardizer, member));
  for (const i of SCALE.keys()) {
    const { mean, std } = moments(members.map((member) => member[i]!));
    expect(mean).toBeCloseTo(0, 4);
    expect(std).toBeCloseTo(i === 2 ? 0 : 1, 4);
  }
});

it('gives constants back whatever is generated for them', () => {
  const standardizer = fitStandardizer('parameter', ZOO, SEGMENTS);
  expect(destandardize(standardizer, new Float32Array(5).fill(7))[2]).toBe(Math.fround(0.1));
});

it('brings each tensor as a whole to mean 0 and deviation 1', () => {
  const standardizer = fitStandardizer('tensor', ZOO, SEGMENTS);
  const members = ZOO.map((member) => standardize(standardizer, member));
  for (const { offset, size } of SEGMENTS) {
    const { mean, std } = moments(members.flatMap((member) => [...member.subarray(offset, offset + size)]));
    expect(mean).toBeCloseTo(0, 4);
    expect(std).toBeCloseTo(1, 4);
  }
});

it('leaves weights alone where nothing is to be standardized', () => {
  expect(standardize(fitStandardizer('none', ZOO, SEGMENTS), ZOO[3]!)).toEqual(ZOO[3]);
});

it('refuses an empty zoo and unequal members', () => {
  expect(() => fitStandardizer('none', [], SEGMENTS)).toThrow(/at least one/);
  expect(() => fitStandardizer('none', [new Float32Array(5), new Float32Array(4)], SEGMENTS)).toThrow(
    /same length/,
  );
});
