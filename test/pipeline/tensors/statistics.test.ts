import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/data/random.ts';
import { PIECE_VALUES } from '../../../src/data/tensor-reader.ts';
import { tensorHistogram, tensorStatistics } from '../../../src/pipeline/tensors/statistics.ts';
import { float32, type RawTensor, raw } from '../../data/safetensors-bytes.ts';
import { reading, tensorFile } from './fixture-file.ts';

const statisticsOf = (tensor: RawTensor) =>
  reading(tensorFile({ tensor }), (reader) => tensorStatistics(reader, 'tensor'));

describe('statistics', () => {
  test('of a few values, by hand', async () => {
    // Mean 2, deviations -2, -1, 0, 3: variance 14 / 4; squares 0 + 1 + 4 + 25.
    expect(await statisticsOf(float32([2, 2], [0, 1, 2, 5]))).toEqual({
      name: 'tensor',
      nan: 0,
      inf: 0,
      zeros: 1,
      finite: { min: 0, max: 5, mean: 2, std: Math.sqrt(3.5), norm: Math.sqrt(30) },
    });
  });

  test('count what is not finite and leave it out of the rest, -0 counting as zero', async () => {
    expect(await statisticsOf(float32([8], [NaN, 3, Infinity, -0, -Infinity, 0, NaN, NaN]))).toEqual({
      name: 'tensor',
      nan: 3,
      inf: 2,
      zeros: 2,
      finite: { min: 0, max: 3, mean: 1, std: Math.sqrt(2), norm: 3 },
    });
  });

  test.each([
    ['of nothing finite', float32([2], [NaN, Infinity]), { name: 'tensor', nan: 1, inf: 1, zeros: 0 }],
    ['of nothing', float32([0], []), { name: 'tensor', nan: 0, inf: 0, zeros: 0 }],
  ])('%s have no moments', async (_, tensor, expected) => {
    expect(await statisticsOf(tensor)).toEqual(expected);
  });

  test('over several pieces, a large mean beside a small deviation', async () => {
    const count = 3 * PIECE_VALUES + 77;
    const random = new Random(5);
    const values = Float64Array.from({ length: count }, () => 1e8 + random.normal());
    const { finite } = await statisticsOf(raw('F64', [count], values));
    // By integers: 2^-26 is the least difference between doubles of this size.
    const shifted = Array.from(values, (value) => value - 1e8);
    const mean = shifted.reduce((sum, value) => sum + value, 0) / count;
    const variance = shifted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    expect(finite!.mean - 1e8).toBeCloseTo(mean, 6);
    expect(finite!.std).toBeCloseTo(Math.sqrt(variance), 7);
    expect(finite!.norm / (1e8 * Math.sqrt(count))).toBeCloseTo(1, 7);
    expect(finite!.max).toBe(values.reduce((a, b) => Math.max(a, b)));
  });

  test('of values whose squares are beyond all doubles', async () => {
    const small = new Float64Array(PIECE_VALUES).fill(2);
    const values = Float64Array.of(...small.slice(0, 4), 3e200, -4e200);
    expect((await statisticsOf(raw('F64', [6], values))).finite!.norm / 5e200).toBeCloseTo(1, 12);
    const later = new Float64Array(PIECE_VALUES + 2);
    later.set(small);
    later.set([3e200, -4e200], PIECE_VALUES);
    const { finite } = await statisticsOf(raw('F64', [later.length], later));
    expect(finite!.norm / 5e200).toBeCloseTo(1, 12);
    expect(finite!.std / (5e200 / Math.sqrt(later.length))).toBeCloseTo(1, 4);
    const [min, max] = [-Number.MAX_VALUE, Number.MAX_VALUE];
    expect((await statisticsOf(raw('F64', [2], Float64Array.of(min, max)))).finite).toMatchObject({
      min,
      max,
      mean: 0,
      norm: max,
    });
  });

  test('of half precision', async () => {
    const { finite, nan } = await statisticsOf(
      raw('F16', [4], Uint16Array.of(0x3c00, 0xc000, 0x7e00, 0x4200)),
    );
    // 1, -2, NaN, 3
    expect(nan).toBe(1);
    expect(finite).toEqual({
      min: -2,
      max: 3,
      mean: 2 / 3,
      std: expect.closeTo(Math.sqrt(14 / 3 - 4 / 9), 12),
      norm: expect.closeTo(Math.sqrt(14), 12),
    });
  });
});

describe('histogram', () => {
  const histogramOf = (tensor: RawTensor, bins: number) =>
    reading(tensorFile({ tensor }), (reader) => tensorHistogram(reader, 'tensor', bins));

  test('counts every finite value once, the greatest in the last bar', async () => {
    expect(await histogramOf(float32([9], [0, 1, 1.5, NaN, 2, 3, 4, 4, Infinity]), 4)).toEqual({
      edges: [0, 1, 2, 3, 4],
      counts: [1, 2, 1, 3],
    });
  });

  test('of equal values stands at that value', async () => {
    const { edges, counts } = await histogramOf(float32([3], [7, 7, 7]), 4);
    const bar = counts.indexOf(3);
    expect(counts.reduce((a, b) => a + b)).toBe(3);
    expect(edges[bar]!).toBeLessThanOrEqual(7);
    expect(edges[bar + 1]!).toBeGreaterThan(7);
  });

  test('of nothing finite is empty', async () => {
    expect(await histogramOf(float32([1], [NaN]), 4)).toEqual({ edges: [], counts: [] });
  });

  test('of the whole range of doubles', async () => {
    const { edges, counts } = await histogramOf(
      raw('F64', [3], Float64Array.of(-Number.MAX_VALUE, 1, Number.MAX_VALUE)),
      4,
    );
    expect(counts).toEqual([1, 0, 1, 1]);
    expect(edges.every(Number.isFinite)).toBe(true);
  });
});
