import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/data/random.ts';

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** xoroshiro128+ as published (rotations 24, 16, 37), in 64-bit integers. */
function reference(state: number[]): () => bigint {
  const mask = (1n << 64n) - 1n;
  const word = (high: number, low: number) => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (64n - k))) & mask;
  let s0 = word(state[0]!, state[1]!);
  let s1 = word(state[2]!, state[3]!);
  return () => {
    const result = (s0 + s1) & mask;
    s1 ^= s0;
    s0 = rotl(s0, 24n) ^ s1 ^ ((s1 << 16n) & mask);
    s1 = rotl(s1, 37n);
    return result;
  };
}

describe('Random', () => {
  test('draws what published xoroshiro128+ draws', () => {
    const random = new Random(7);
    const next = reference(random.state());
    for (let i = 0; i < 100; i++) {
      const high = Number(next() & 0x3ffffffn);
      const low = Number(next() & 0x7ffffffn);
      expect(random.uniform()).toBe((high * 2 ** 27 + low) / 2 ** 53);
    }
  });

  test('keeps its bits from version to version', () => {
    const random = new Random(1);
    expect([
      random.uniform(),
      random.normal(),
      random.int(1000),
      [...random.shuffle(6)],
    ]).toMatchInlineSnapshot(`
      [
        0.8449667922279989,
        0.20025057090159085,
        968,
        [
          5,
          3,
          2,
          4,
          1,
          0,
        ],
      ]
    `);
    expect(random.fork('noise').uniform()).toMatchInlineSnapshot(`0.6797070774618297`);
  });

  test('normal values agree with the polar method computed by Math.log', () => {
    const random = new Random(3);
    const twin = new Random(3);
    for (let i = 0; i < 2000; i++) {
      let x: number;
      let square: number;
      do {
        x = 2 * twin.uniform() - 1;
        const y = 2 * twin.uniform() - 1;
        square = x * x + y * y;
      } while (square >= 1);
      expect(random.normal()).toBeCloseTo(x * Math.sqrt((-2 * Math.log(square)) / square), 12);
    }
  });

  test('has the moments of its distributions', () => {
    const random = new Random(11);
    const n = 100_000;
    const uniform = Array.from({ length: n }, () => random.uniform());
    const normal = random.fillNormal(new Float32Array(n + 1), 2);
    // Bounds of about five standard errors.
    expect(Math.abs(mean(uniform) - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(mean(uniform.map((u) => (u - 0.5) ** 2))).toBeCloseTo(1 / 12, 3);
    expect(Math.abs(mean(normal))).toBeLessThan((5 * 2) / Math.sqrt(n));
    expect(mean(normal.map((z) => z ** 2)) / 4).toBeCloseTo(1, 1);
    expect(mean(normal.map((z) => z ** 4)) / 16).toBeCloseTo(3, 0);
    expect(Math.abs(mean(normal.map((z) => z ** 3))) / 8).toBeLessThan(5 * Math.sqrt(15 / n));
    // Lag-1 correlation: values of one polar pair must be independent.
    expect(Math.abs(mean(Array.from(normal.subarray(1), (z, i) => z * normal[i]!)) / 4)).toBeLessThan(0.02);
  });

  test('int is uniform over its range', () => {
    const random = new Random(5);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.int(7)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(22.5); // 0.999 quantile for 6 degrees of freedom
    expect(() => random.int(0)).toThrow(/positive integer/);
  });

  test('shuffle gives every order alike', () => {
    const random = new Random(2);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(3).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test('a state goes through JSON and continues the same stream', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(50), (seed, drawn) => {
        const random = new Random(seed);
        for (let i = 0; i < drawn; i++) random.normal();
        const copy = Random.fromState(JSON.parse(JSON.stringify(random.state())));
        expect([copy.uniform(), copy.normal(), copy.fork('a').uniform()]).toEqual([
          random.uniform(),
          random.normal(),
          random.fork('a').uniform(),
        ]);
      }),
    );
    expect(() => Random.fromState([1, 2, 3])).toThrow(/8 32-bit integers/);
  });

  test('forks do not depend on what was drawn, and are independent of each other', () => {
    const random = new Random(9);
    const before = random.fork('data').uniform();
    random.uniform();
    expect(random.fork('data').uniform()).toBe(before);
    const n = 20_000;
    const streams = [random, random.fork('data'), random.fork('noise'), new Random(10)];
    const values = streams.map((stream) => stream.fillNormal(new Float32Array(n)));
    values.forEach((a, i) => {
      for (const b of values.slice(i + 1)) {
        expect(Math.abs(mean(a.map((value, k) => value * b[k]!)))).toBeLessThan(5 / Math.sqrt(n));
      }
    });
  });
});
