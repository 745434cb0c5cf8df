import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ImageFileWriter } from '../../src/data/image-file-writer.ts';
import { readSafetensors } from '../../src/data/safetensors.ts';
import { ImageRows } from '../../src/data/stored-images.ts';
import { openImageFile, readImage } from '../../src/project/images/image-file.ts';
import { UserError } from '../../src/project/user-error.ts';
import { temporaryFolder } from '../temporary-folders.ts';
import { changedBytes } from './changed-bytes.ts';

const schema = z.object({ text: z.string() });

const contents = fc
  .record({ size: fc.integer({ min: 1, max: 9 }), count: fc.integer({ min: 1, max: 12 }) })
  .chain(({ size, count }) => {
    const length = size * size * 3;
    const image = fc.uint8Array({ minLength: length, maxLength: length });
    return fc.record({
      size: fc.constant(size),
      images: fc.array(image, { minLength: count, maxLength: count }),
      rows: fc.array(fc.nat({ max: count - 1 }), { minLength: 1, maxLength: 20 }),
      text: fc.string({ unit: 'binary', maxLength: 2000 }),
    });
  });

function write(path: string, size: number, images: readonly Uint8Array[], text: string): Promise<boolean> {
  return ImageFileWriter.write(path, size, async (writer) => {
    for (const image of images) await writer.append(image);
    return { text };
  });
}

describe('a file of images', () => {
  test('gives by offset what a whole read gives', async () => {
    const path = join(temporaryFolder(), 'images.safetensors');
    await fc.assert(
      fc.asyncProperty(contents, async ({ size, images, rows, text }) => {
        await write(path, size, images, text);
        const file = await openImageFile(path, schema);
        expect([file.count, file.size, file.about.text]).toEqual([images.length, size, text]);
        const stored = new ImageRows(file, rows);
        const all = (await readSafetensors(path)).tensors.get('images')!;
        expect(all.shape).toEqual([images.length, size, size, 3]);
        const length = size * size * 3;
        const read = await Promise.all(rows.map((_, index) => stored.read(index)));
        const from = size >> 1;
        for (const [index, row] of rows.entries()) {
          const part = await stored.read(index, { from, count: size - from });
          expect(part).toEqual(images[row]!.slice(from * size * 3));
          expect(read[index]).toEqual(all.data.slice(row * length, (row + 1) * length));
          expect(read[index]).toEqual(images[row]);
        }
      }),
      { numRuns: 15 },
    );
  });

  test('shows a changed byte, wherever it is', async () => {
    const path = join(temporaryFolder(), 'images.safetensors');
    const images = [0, 1].map((image) =>
      Uint8Array.from({ length: 27 }, (_, i) => (image * 100 + i * 7) % 256),
    );
    await write(path, 3, images, 'text');
    const whole = await readFile(path);
    const unnoticed: string[] = [];
    for (const { byte, changed } of changedBytes(whole)) {
      await writeFile(path, changed);
      try {
        const file = await openImageFile(path, schema);
        const stored = new ImageRows(file, [0, 1]);
        const read = [await stored.read(0), await stored.read(1, { from: 1, count: 2 })];
        const same = [images[0], images[1]!.slice(9)].every((image, i) => isDeepStrictEqual(read[i], image));
        if (!same || file.about.text !== 'text' || file.count !== 2) unnoticed.push(`byte ${byte}`);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }
    expect(unnoticed).toEqual([]);
  });

  test('says which image is damaged, and what to do about it', async () => {
    const path = join(temporaryFolder(), 'images.safetensors');
    await write(path, 2, [new Uint8Array(12), new Uint8Array(12)], 'text');
    const file = await openImageFile(path, schema);
    const whole = await readFile(path);
    whole[file.byteOffset + 12 + 7] = 1;
    await writeFile(path, whole);
    const stored = new ImageRows(file, [0, 1]);
    await stored.read(0);
    // The first row of the second image is as it was.
    await expect(stored.read(1, { from: 0, count: 1 })).resolves.toEqual(new Uint8Array(6));
    const message =
      `${path}: prepared image 2 is not as it was written: it does not fit its checksum. ` +
      'Delete the file, and run the stage again: the pairs are then prepared again.';
    await expect(stored.read(1)).rejects.toThrow(message);
    expect(await readImage(file, 0)).toEqual(new Uint8Array(12));
    await expect(readImage(file, 1)).rejects.toThrow(message);
  });

  test('is whole or not there, however its writing ends', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'images.safetensors');
    const image = new Uint8Array(12).fill(7);
    const ended = (end: () => { text: string } | undefined) =>
      ImageFileWriter.write(path, 2, async (writer) => {
        await writer.append(image);
        return end();
      });
    const fail = () => {
      throw new Error('half-way');
    };
    expect(await ended(() => undefined)).toBe(false);
    await expect(ended(fail)).rejects.toThrow('half-way');
    expect(await readdir(folder)).toEqual([]);
    expect(await ended(() => ({ text: 'whole' }))).toBe(true);
    // A file that is there stays as it is.
    expect(await ended(() => undefined)).toBe(false);
    await expect(ended(fail)).rejects.toThrow('half-way');
    expect(await readdir(folder)).toEqual(['images.safetensors']);
    expect((await openImageFile(path, schema)).about.text).toBe('whole');
  });

  // Small images and large ones are read in different ways.
  test.each([2, 160])('of another kind, or cut, is refused: images of %i pixels', async (size) => {
    const path = join(temporaryFolder(), 'images.safetensors');
    const image = Uint8Array.from({ length: size * size * 3 }, (_, i) => i);
    await write(path, size, [image, image.map((value) => value + 1)], 'text');
    const file = await openImageFile(path, schema);
    await expect(openImageFile(path, z.object({ other: z.string() }))).rejects.toThrow(
      /not a file of prepared images\. Delete it/,
    );
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, whole.length - 1));
    await expect(openImageFile(path, schema)).rejects.toThrow(/truncated/);
    await writeFile(path, whole.subarray(0, file.byteOffset + image.length + 1));
    const stored = new ImageRows(file, [0, 1]);
    await expect(stored.read(1)).rejects.toThrow(/it became shorter/);
    await rm(path);
    await expect(stored.read(0)).rejects.toThrow(/it was deleted/);
  });
});
