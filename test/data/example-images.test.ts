import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { cropNames, writeCrops } from '../../src/data/photographs/crops.ts';
import { sceneNames, writeScenes } from '../../src/data/scenes.ts';
import { temporaryFolder } from '../temporary-folders.ts';

const MAKERS = [
  [
    'drawn scenes',
    sceneNames,
    writeScenes,
    ['scene-0001.jpg', 'scene-0002.jpg', 'scene-0003.jpg'],
    [96, 160],
  ],
  [
    'crops of photographs',
    cropNames,
    writeCrops,
    ['fjord-01.jpg', 'embankment-01.jpg', 'bridge-01.jpg'],
    [120, 192],
  ],
] as const;

test.each(MAKERS)('%s are varied in shape, follow from the seed, and replace nothing', async (...maker) => {
  const [, namesOf, write, begin, [shortest, longest]] = maker;
  const folder = temporaryFolder();
  const first = join(folder, 'first', 'images');
  expect(await write(first, 12, 3)).toBe(12);
  expect(readdirSync(first).sort()).toEqual(namesOf(12).toSorted());
  expect(namesOf(3)).toEqual(begin);
  const shapes = new Set<string>();
  const contents = new Set<string>();
  for (const name of namesOf(12)) {
    const bytes = readFileSync(join(first, name));
    const { width, height, format } = await sharp(bytes).metadata();
    expect(format).toBe('jpeg');
    for (const side of [width, height]) {
      expect(side).toBeGreaterThanOrEqual(shortest);
      expect(side).toBeLessThanOrEqual(longest);
    }
    // A picture, not an empty canvas.
    const { channels } = await sharp(bytes).stats();
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(15);
    shapes.add(`${width}x${height}`);
    contents.add(bytes.toString('base64'));
  }
  expect(shapes.size).toBeGreaterThan(2);
  expect(contents.size).toBe(12);

  const [, second, third] = begin;
  const other = join(folder, 'second');
  expect(await write(other, 3, 3)).toBe(3);
  expect(readFileSync(join(other, second))).toEqual(readFileSync(join(first, second)));
  writeFileSync(join(other, second), 'mine');
  rmSync(join(other, third));
  expect(await write(other, 4, 3)).toBe(2);
  expect(readFileSync(join(other, second), 'utf8')).toBe('mine');

  const seeded = join(folder, 'other');
  await write(seeded, 1, 4);
  expect(readFileSync(join(seeded, begin[0]))).not.toEqual(readFileSync(join(first, begin[0])));
});

test('every photograph is cropped as often as the others', () => {
  const counts = new Map<string, number>();
  for (const name of cropNames(160)) {
    const photograph = name.replace(/-\d+[.]jpg$/, '');
    counts.set(photograph, (counts.get(photograph) ?? 0) + 1);
  }
  expect([...counts.values()]).toEqual(Array(10).fill(16));
});
