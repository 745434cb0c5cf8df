import fc from 'fast-check';
import { expect, test } from 'vitest';
import { representatives } from '../../src/data/k-means.ts';
import { Random } from '../../src/data/random.ts';

test('well separated groups give one point each, the one nearest to the middle', () => {
  const points: Float32Array[] = [];
  for (const center of [0, 100, 200, 300]) {
    for (const offset of [-2, 0, 3, -1, 1]) points.push(Float32Array.of(center + offset, center - offset));
  }
  for (let seed = 0; seed < 10; seed++) {
    const chosen = representatives(points, 4, new Random(seed));
    // Group means are center + 0.2: the point at offset 0 is nearest.
    expect(chosen).toEqual([1, 6, 11, 16]);
  }
});

test('always as many different points as asked for, also among equal ones', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(99),
      (values, k, seed) => {
        const points = values.map((value) => Float32Array.of(value));
        const chosen = representatives(points, k, new Random(seed));
        expect(new Set(chosen).size).toBe(Math.min(k, points.length));
        expect(chosen).toEqual([...chosen].sort((a, b) => a - b));
        expect(chosen.every((index) => index >= 0 && index < points.length)).toBe(true);
        expect(representatives(points, k, new Random(seed))).toEqual(chosen);
      },
    ),
  );
});
