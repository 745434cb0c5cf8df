import { describe, expect, test } from 'vitest';
import { centeredImages } from '../../src/data/image-sequence.ts';
import {
  type PairBatch,
  PairBatches,
  type PairBatchOptions,
  type PairSet,
} from '../../src/data/pair-batches.ts';
import type { PixelRows } from '../../src/data/stored-images.ts';
import { imagesOf } from './stored.ts';

const STORED = 10;
const BASE = { storedSize: STORED, size: 8, batchSize: 3, flip: true, seed: 5 } satisfies PairBatchOptions;

/** Images whose pixels say where they come from: image and set in red, column in green, row in blue. The target is the negative. */
function pairBytes(count: number, set = 0): Uint8Array {
  const source = new Uint8Array(count * STORED * STORED * 3);
  for (let i = 0; i < count * STORED * STORED; i++) {
    const pixel = i % (STORED * STORED);
    source.set(
      [16 * set + Math.floor(i / (STORED * STORED)), pixel % STORED, Math.floor(pixel / STORED)],
      3 * i,
    );
  }
  return source;
}

function pairSet(count: number, set = 0): PairSet {
  const source = pairBytes(count, set);
  const target = source.map((value) => 255 - value);
  return { count, source: imagesOf(source, count), target: imagesOf(target, count) };
}

interface Place {
  readonly image: number;
  readonly column: number;
  readonly row: number;
}

function placesOf(images: Float32Array): Place[] {
  const bytes = Array.from(images, (value) => Math.round((value + 1) * 127.5));
  return Array.from({ length: bytes.length / 3 }, (_, i) => ({
    image: bytes[3 * i]!,
    column: bytes[3 * i + 1]!,
    row: bytes[3 * i + 2]!,
  }));
}

/** The image that each row of some batches shows. */
async function imagesShown(
  batches: PairBatches,
  steps: number,
  { size, batchSize }: PairBatchOptions,
): Promise<number[]> {
  const shown: number[] = [];
  for (const step of upTo(steps)) {
    const places = placesOf((await batches.batch(step)).source);
    shown.push(...upTo(batchSize).map((row) => places[row * size * size]!.image));
  }
  return shown;
}

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('a batch', () => {
  test('depends on seed and step alone: a training that resumes sees what it would have seen', async () => {
    const sets = [pairSet(7, 0), pairSet(4, 1)];
    const through = new PairBatches(sets, BASE);
    const all: PairBatch[] = [];
    for (const step of upTo(200)) all.push(await through.batch(step));
    const resumed = new PairBatches(sets, BASE);
    for (const step of [150, 151, 199, 3]) expect(await resumed.batch(step)).toEqual(all[step]);
  });

  test('is being read while the step before runs, and fails when it is asked for', async () => {
    const reads: number[] = [];
    let isBroken = false;
    const { count, source, target } = pairSet(9);
    const noting = {
      read: (index: number, rows?: PixelRows) => {
        reads.push(index);
        return isBroken ? Promise.reject(new Error('gone')) : source.read(index, rows);
      },
    };
    const batches = new PairBatches([{ count, source: noting, target }], BASE);
    await batches.batch(0);
    expect(reads).toHaveLength(2 * BASE.batchSize);
    isBroken = true;
    await batches.batch(1);
    expect(reads).toHaveLength(3 * BASE.batchSize);
    await expect(batches.batch(2)).rejects.toThrow('gone');
  });

  test('is another one with another seed', async () => {
    const order = (seed: number) => imagesShown(new PairBatches([pairSet(12)], { ...BASE, seed }), 4, BASE);
    expect(await order(1)).not.toEqual(await order(2));
  });

  test('holds values in [-1, 1]', async () => {
    const white = new Uint8Array(STORED * STORED * 3).fill(255);
    const black = new Uint8Array(white.length);
    const set = { count: 1, source: imagesOf(white, 1), target: imagesOf(black, 1) };
    const { source, target } = await new PairBatches([set], BASE).batch(0);
    expect([new Set(source), new Set(target)]).toEqual([new Set([1]), new Set([-1])]);
  });
});

describe('the order of images', () => {
  test('has each once an epoch, though batches reach over its end', async () => {
    const shown = await imagesShown(new PairBatches([pairSet(7)], BASE), 14, BASE);
    const epochs = upTo(6).map((epoch) => shown.slice(7 * epoch, 7 * (epoch + 1)));
    for (const epoch of epochs) expect(sorted(epoch)).toEqual(upTo(7));
    expect(new Set(epochs.map(String)).size).toBeGreaterThan(1);
  });

  test('takes every set once a round, and each image of each once an epoch of its own', async () => {
    const sets = [pairSet(2, 0), pairSet(3, 1), pairSet(5, 2)];
    const batches = new PairBatches(sets, BASE);
    const rows = await imagesShown(batches, 30, BASE);
    const numbers: number[] = [];
    for (const step of upTo(30)) numbers.push(...(await batches.batch(step)).sets);
    expect(rows.map((image) => Math.floor(image / 16))).toEqual(numbers);
    for (const round of upTo(30)) expect(sorted(numbers.slice(3 * round, 3 * round + 3))).toEqual([0, 1, 2]);
    for (const [set, { count }] of sets.entries()) {
      const ofSet = rows.filter((image) => Math.floor(image / 16) === set).map((image) => image % 16);
      expect(sorted(ofSet.slice(0, count))).toEqual(upTo(count));
      expect(sorted(ofSet.slice(count, 2 * count))).toEqual(upTo(count));
    }
  });

  test('is the same for every concept with as many images', async () => {
    const shown = async (set: number) =>
      (await imagesShown(new PairBatches([pairSet(9, set)], BASE), 9, BASE)).map((image) => image % 16);
    expect(await shown(1)).toEqual(await shown(4));
  });
});

describe('crop and mirror', async () => {
  const STEPS = 40;
  const batches = new PairBatches([pairSet(4)], BASE);
  const source: Place[] = [];
  const target: Place[] = [];
  for (const step of upTo(STEPS)) {
    const part = await batches.batch(step);
    source.push(...placesOf(part.source));
    target.push(...placesOf(part.target.map((value) => -value)));
  }
  const perImage = BASE.size * BASE.size;
  const images = upTo(STEPS * BASE.batchSize).map((row) =>
    source.slice(row * perImage, (row + 1) * perImage),
  );

  test('are the same for source and target', () => {
    expect(target).toEqual(source);
  });

  test('show a whole window of one image, straight or mirrored', () => {
    for (const places of images) {
      const [first, second] = places as [Place, Place];
      const direction = second.column - first.column;
      expect(Math.abs(direction)).toBe(1);
      expect(places).toEqual(
        upTo(perImage).map((i) => ({
          image: first.image,
          column: first.column + direction * (i % BASE.size),
          row: first.row + Math.floor(i / BASE.size),
        })),
      );
    }
  });

  test('reach every offset and both directions', () => {
    const windows = images.map(([first, second]) => {
      const mirrored = second!.column < first!.column;
      return `${mirrored ? first!.column - BASE.size + 1 : first!.column} ${first!.row} ${mirrored}`;
    });
    expect(new Set(windows).size).toBe(3 * 3 * 2);
  });

  test('do nothing where they are off', async () => {
    const options = { ...BASE, size: STORED, flip: false };
    const stored = placesOf(Float32Array.from(pairBytes(3), (value) => value / 127.5 - 1));
    const whole = new PairBatches([pairSet(3)], options);
    const shown = placesOf((await whole.batch(0)).source);
    expect(shown).toEqual(
      upTo(3).flatMap((row) => {
        const { image } = shown[row * STORED * STORED]!;
        return stored.slice(image * STORED * STORED, (image + 1) * STORED * STORED);
      }),
    );
  });
});

test('only the rows of a crop are read', async () => {
  const { count, source, target } = pairSet(2);
  const read: PixelRows[] = [];
  const noting = {
    read: (index: number, rows?: PixelRows) => {
      read.push(rows!);
      return source.read(index, rows);
    },
  };
  await new PairBatches([{ count, source: noting, target }], { ...BASE, size: 4 }).batch(0);
  await centeredImages(noting, STORED, 4, 1).read(0, 1);
  expect(read.map((rows) => rows.count)).toEqual(read.map(() => 4));
  expect(read.at(-1)).toEqual({ from: 3, count: 4 });
});

test('held-out images are cut to the center', async () => {
  const places = placesOf(await centeredImages(pairSet(4).source, STORED, 6, 4).read(1, 2));
  expect(places).toHaveLength(2 * 36);
  expect([places[0], places[35], places[36], places[71]]).toEqual([
    { image: 1, column: 2, row: 2 },
    { image: 1, column: 7, row: 7 },
    { image: 2, column: 2, row: 2 },
    { image: 2, column: 7, row: 7 },
  ]);
});
