import { expect, test } from 'vitest';
import {
  bfloat16ToNumber,
  float8E4M3ToNumber,
  float8E5M2ToNumber,
  halfToNumber,
  numberToHalf,
} from '../../src/data/number-formats.ts';
import { Random } from '../../src/data/random.ts';

// The bit patterns are those of the formats' definitions: IEEE 754-2008 (binary16), the upper half of binary32
// (bfloat16), and table 1 of "FP8 Formats for Deep Learning" (arXiv 2209.05433).
test.each([
  [0x0000, 0],
  [0x8000, -0],
  [0x3c00, 1],
  [0xc000, -2],
  [0x3555, 0.333251953125],
  [0x7bff, 65504],
  [0x0400, 2 ** -14],
  [0x0001, 2 ** -24],
  [0x03ff, 1023 * 2 ** -24],
  [0x7c00, Infinity],
  [0xfc00, -Infinity],
  [0x7e00, NaN],
  [0xfc01, NaN],
])('binary16 %i is %d', (bits, value) => expect(halfToNumber(bits)).toBe(value));

test.each([
  [0x0000, 0],
  [0x3f80, 1],
  [0xc049, -3.140625],
  [0x7f7f, 255 * 2 ** 120],
  [0x0001, 2 ** -133],
  [0x7f80, Infinity],
  [0xff80, -Infinity],
  [0x7fc0, NaN],
])('bfloat16 %i is %d', (bits, value) => expect(bfloat16ToNumber(bits)).toBe(value));

test.each([
  [0x00, 0],
  [0x80, -0],
  [0x01, 2 ** -9],
  [0x07, 0.875 * 2 ** -6],
  [0x08, 2 ** -6],
  [0x38, 1],
  [0xc0, -2],
  [0x78, 256],
  [0x7e, 448],
  [0xfe, -448],
  [0x7f, NaN],
  [0xff, NaN],
])('E4M3 %i is %d', (bits, value) => expect(float8E4M3ToNumber(bits)).toBe(value));

test.each([
  [0x00, 0],
  [0x01, 2 ** -16],
  [0x03, 0.75 * 2 ** -14],
  [0x04, 2 ** -14],
  [0x3c, 1],
  [0xc0, -2],
  [0x7b, 57344],
  [0x7c, Infinity],
  [0xfc, -Infinity],
  [0x7d, NaN],
  [0x7f, NaN],
])('E5M2 %i is %d', (bits, value) => expect(float8E5M2ToNumber(bits)).toBe(value));

test('every binary16 is its own nearest one', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = halfToNumber(bits);
    if (!Number.isNaN(value) && numberToHalf(value) !== bits) expect(numberToHalf(value)).toBe(bits);
  }
  expect(numberToHalf(Number.NaN)).toBe(0x7e00);
});

test('other numbers become the nearest binary16, ties the even one', () => {
  expect(
    [65_519.9, 65_520, -1e9, 2 ** -25, 3 * 2 ** -25, 1 + 2 ** -11, 1 + 3 * 2 ** -11].map(numberToHalf),
  ).toEqual([0x7bff, 0x7c00, 0xfc00, 0, 2, 0x3c00, 0x3c02]);
  const random = new Random(1);
  for (let i = 0; i < 2000; i++) {
    const value = random.uniform() * 2 ** (30 * random.uniform() - 20);
    const bits = numberToHalf(value);
    const distance = (one: number) => Math.abs(halfToNumber(one) - value);
    expect(distance(bits)).toBeLessThanOrEqual(Math.min(distance(bits + 1), distance(Math.max(0, bits - 1))));
  }
});
