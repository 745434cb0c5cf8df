import { afterEach, describe, expect, test } from 'vitest';
import { type Image, imageFromBytes, imageToBytes } from '../../../src/data/image-values.ts';
import { Random } from '../../../src/data/random.ts';
import { resampled } from '../../../src/data/resampling.ts';
import { EnlargementThreads } from '../../../src/pipeline/translation/enlargement-threads.ts';

const open: EnlargementThreads[] = [];
function threads(count: number): EnlargementThreads {
  const made = new EnlargementThreads(count);
  open.push(made);
  return made;
}
afterEach(() => Promise.all(open.splice(0).map((made) => made.dispose())));

const never = new AbortController().signal;
const own = { width: 23, height: 17 };
const strips = [
  [0, 5],
  [5, 6],
  [6, 17],
] as const;

function bytes(seed: number, length: number): Uint8Array<ArrayBuffer> {
  const random = new Random(seed);
  return Uint8Array.from({ length }, () => Math.floor(256 * random.uniform()));
}

/** A small image whose values are whole levels, and what bicubic interpolation of the whole makes of it, in levels. */
const low = imageFromBytes(bytes(1, 8 * 6 * 3), 8, 6);
const levels = resampled(low, own.width, own.height, 'bicubic');

const rounded = (values: Float32Array) =>
  imageToBytes({ ...own, data: values.map((level) => level / 127.5 - 1) } as Image);

/** Rounding may go either way where the two come to a value in different ways. */
function expectNearly(made: Uint8Array, expected: Uint8Array): void {
  expect(made.length).toBe(expected.length);
  for (const [i, value] of made.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1);
}

describe('threads that enlarge', () => {
  test.each([1, 3])('make strips of what the whole would be, %i at a time', async (count) => {
    const made = threads(count);
    const parts = await Promise.all(strips.map(([from, to]) => made.run({ low, own, from, to }, never)));
    expectNearly(Buffer.concat(parts), rounded(levels));
  });

  test('add what the network changed to the picture', async () => {
    const picture = bytes(2, own.width * own.height * 3);
    const change: Image = { ...low, data: low.data.map((value) => value / 4) };
    const parts = strips.map(([from, to]) => {
      const rows = picture.slice(from * own.width * 3, to * own.width * 3);
      const job = {
        low: change,
        own,
        from,
        to,
        picture: { bytes: rows, channels: 3, isBase: true },
      } as const;
      return threads(1).run(job, never);
    });
    // Interpolation is linear: a quarter of the values, -1 to 1, is a quarter of what they become.
    const expected = levels.map((level, i) => picture[i]! + ((level / 127.5 - 1) / 4) * 127.5);
    expectNearly(Buffer.concat(await Promise.all(parts)), rounded(expected));
  });

  test('keep the transparency of the picture, whose colors are not taken', async () => {
    const picture = bytes(3, own.width * own.height * 4);
    const job = {
      low,
      own,
      from: 0,
      to: 17,
      picture: { bytes: picture, channels: 4, isBase: false },
    } as const;
    const made = await threads(1).run(job, never);
    expect(made.filter((_, i) => i % 4 === 3)).toEqual(picture.filter((_, i) => i % 4 === 3));
    expectNearly(
      made.filter((_, i) => i % 4 !== 3),
      rounded(levels),
    );
  });
});
