import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeScenes } from '../../src/data/scenes.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scenes-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('scenes are varied photographs in shape, decided by the seed, and kept where they are there', async () => {
  const first = join(folder, 'first', 'images');
  expect(await writeScenes(first, 12, 3)).toBe(12);
  const names = (await readdir(first)).sort();
  expect([names[0], names.length]).toEqual(['scene-0001.jpg', 12]);
  const shapes = new Set<string>();
  const contents = new Set<string>();
  for (const name of names) {
    const bytes = await readFile(join(first, name));
    const { width, height, format } = await sharp(bytes).metadata();
    expect(format).toBe('jpeg');
    for (const side of [width, height]) {
      expect(side).toBeGreaterThanOrEqual(96);
      expect(side).toBeLessThanOrEqual(160);
    }
    // A picture, not an empty canvas.
    const { channels } = await sharp(bytes).stats();
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(15);
    shapes.add(`${width}x${height}`);
    contents.add(bytes.toString('base64'));
  }
  expect(shapes.size).toBeGreaterThan(2);
  expect(contents.size).toBe(12);

  const second = join(folder, 'second');
  expect(await writeScenes(second, 3, 3)).toBe(3);
  expect(await readFile(join(second, 'scene-0002.jpg'))).toEqual(
    await readFile(join(first, 'scene-0002.jpg')),
  );
  await writeFile(join(second, 'scene-0002.jpg'), 'mine');
  await rm(join(second, 'scene-0003.jpg'));
  expect(await writeScenes(second, 4, 3)).toBe(2);
  expect(await readFile(join(second, 'scene-0002.jpg'), 'utf8')).toBe('mine');

  const other = join(folder, 'other');
  await writeScenes(other, 1, 4);
  expect(await readFile(join(other, 'scene-0001.jpg'))).not.toEqual(
    await readFile(join(first, 'scene-0001.jpg')),
  );
});
