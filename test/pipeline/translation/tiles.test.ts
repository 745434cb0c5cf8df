import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Image } from '../../../src/data/image-values.ts';
import { createImageGenerator } from '../../../src/models/image-generator.ts';
import { AnySizeGenerator, withSize } from '../../../src/pipeline/translation/any-size-generator.ts';
import { type TileShape, tilesAlong } from '../../../src/pipeline/translation/tiles.ts';
import { type Translator, translateTiled } from '../../../src/pipeline/translation/translate-tiled.ts';
import { tileShape } from '../../../src/pipeline/translation/whole-picture.ts';
import { CPU_DEVICE } from '../../compute/cpu-device.ts';
import { normalValues } from '../../models/eager.ts';

/** Slow waves with some noise. */
function scene(width: number, height: number, noise = 0.02): Image {
  const data = normalValues(width * height * 3, 5, noise).map((value, i) => {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    return 0.6 * Math.sin(x / 37 + c) * Math.cos(y / 43) + value;
  });
  return { width, height, data };
}

async function tiled(generator: Translator, image: Image, shape: Omit<TileShape, 'multiple'>) {
  const result = new Float32Array(image.data.length);
  let rows = 0;
  const source = {
    ...image,
    read: async (from: number, to: number) => ({
      width: image.width,
      height: to - from,
      data: image.data.subarray(from * image.width * 3, to * image.width * 3),
    }),
  };
  const finished = await translateTiled(generator, source, shape, async ({ height, data }) => {
    result.set(data, rows * image.width * 3);
    rows += height;
  });
  expect([finished, rows]).toEqual([true, image.height]);
  return result;
}

const largest = (values: Iterable<number>) => {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
};

/** Mean absolute difference of neighboring columns, at each column but the first. */
function steps({ width, height }: Image, values: Float32Array): number[] {
  return Array.from({ length: width - 1 }, (_, column) => {
    let sum = 0;
    for (let y = 0; y < height; y++) {
      for (let c = 0; c < 3; c++) {
        const at = (y * width + column) * 3 + c;
        sum += Math.abs(values[at + 3]! - values[at]!);
      }
    }
    return sum / height / 3;
  });
}

describe('tiles along an axis', () => {
  test('cover it with shares that sum to 1, and have none in the margins of cuts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 3 }),
        (blocks, blendBlocks, marginBlocks) => {
          const [length, blend, margin] = [blocks * 8, blendBlocks * 8, marginBlocks * 8];
          const side = 2 * margin + 3 * blend + 8;
          const tiles = tilesAlong(length, { side, margin, blend, multiple: 8 });
          const sum = new Float64Array(length);
          for (const { start, end, weights } of tiles) {
            expect(start % 8).toBe(0);
            expect(weights).toHaveLength(end - start);
            weights.forEach((weight, place) => {
              sum[start + place]! += weight;
              const inMargin =
                (start > 0 && place < margin) || (end < length && place >= end - start - margin);
              if (inMargin) expect(weight).toBe(0);
            });
          }
          expect(tiles.at(-1)!.end).toBe(length);
          expect(largest(sum.map((total) => total - 1))).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('of which nothing would be left are refused', () => {
    expect(() => tilesAlong(100, { side: 32, margin: 8, blend: 16, multiple: 8 })).toThrow(/too small/);
  });
});

describe('a picture that is translated in tiles', () => {
  const image = scene(150, 131);
  const generators: AnySizeGenerator[] = [];
  const make = (options: Parameters<typeof createImageGenerator>[0], seed = 1) => {
    const generator = createImageGenerator(options);
    const made = new AnySizeGenerator(generator, generator.initial(seed), CPU_DEVICE);
    generators.push(made);
    return made;
  };
  afterAll(async () => {
    for (const generator of generators) await generator.dispose();
  });

  test('is that of the whole picture if the network is convolutional and margins are as wide as it sees', async () => {
    // Stem 3, strided 1 + 2, one block of two convolutions at a quarter 4 x 2, upsampling 2 + 1 and their alignment, head 3:
    // less than 24 pixels to each side.
    const generator = make({ kind: 'resnet', channels: 4, blocks: 1, norm: 'none', imageSize: 32 });
    const whole = await generator.translate(image);
    const found = await tiled(generator, image, { side: 88, margin: 24, blend: 8 });
    expect(largest(whole.data)).toBeGreaterThan(0.1);
    expect(largest(found.map((value, i) => value - whole.data[i]!))).toBeLessThan(1e-5);
    // Narrower margins show that the check can fail.
    const cut = await tiled(generator, image, { side: 40, margin: 0, blend: 8 });
    expect(largest(cut.map((value, i) => value - whole.data[i]!))).toBeGreaterThan(1e-3);
  });

  const smooth = scene(126, 70, 0);
  /** The step between columns in the middle of where tiles pass into each other, over that elsewhere; means. */
  const seam = async (generator: Translator, shape: { side: number; margin: number; blend: number }) => {
    const jumps = steps(smooth, await tiled(generator, smooth, shape));
    const tiles = tilesAlong(128, { ...shape, multiple: 8 });
    const middles = tiles.slice(1).map(({ start }, i) => Math.round((start + tiles[i]!.end) / 2) - 1);
    expect(middles.length).toBeGreaterThan(1);
    // The network's own border, where it sees zeros beyond the picture, is no seam.
    const elsewhere = jumps.filter((_, i) => i > 12 && i < 112 && !middles.includes(i));
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    return mean(middles.map((i) => jumps[i]!)) / mean(elsewhere);
  };
  const BLENDED = tileShape(32, 8);

  test.each(['none', 'instance'] as const)('has no seam, with norm: %s', async (norm) => {
    const options = { kind: 'e2gan', channels: 4, transformerHeads: 2, skips: true, imageSize: 32 } as const;
    expect(await seam(make({ ...options, norm }), BLENDED)).toBeLessThan(1.1);
  });

  test('passes from tone to tone where each tile gets its own, instead of stepping', async () => {
    const toned: Translator = {
      stride: 8,
      sideFor: (side) => Math.ceil(side / 8) * 8,
      translate: async (image) => {
        const mean = image.data.reduce((a, b) => a + b, 0) / image.data.length;
        return { ...image, data: image.data.map((value) => value + mean) };
      },
    };
    const beside = await seam(toned, { side: 48, margin: 0, blend: 1 });
    expect(beside).toBeGreaterThan(5);
    expect(await seam(toned, BLENDED)).toBeLessThan(beside / 3);
  });

  test('keeps the size of pictures that strides do not divide, and of small ones', async () => {
    const generator = make({ kind: 'e2gan', channels: 4, transformerHeads: 1, norm: 'none', imageSize: 32 });
    for (const [width, height] of [
      [1, 1],
      [33, 7],
      [70, 65],
    ] as const) {
      const small = scene(width, height);
      const found = await tiled(generator, small, { side: 64, margin: 8, blend: 8 });
      expect(found).toHaveLength(width * height * 3);
    }
  });
});

test('an image grows by repeating its right and lower edges', () => {
  const image = { width: 2, height: 1, data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  expect(withSize(image, 3, 2).data).toEqual(
    Float32Array.of(1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3, 4, 5, 6, 4, 5, 6),
  );
  expect(withSize(withSize(image, 3, 2), 2, 1)).toEqual(image);
});
