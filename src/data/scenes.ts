import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import writeFileAtomic from 'write-file-atomic';
import { Random } from './random.ts';
import { drawScene } from './scene-drawing.ts';

/** Width and height in pixels: several shapes, as real photographs have. */
const SIZES = [
  [128, 128],
  [160, 120],
  [120, 160],
  [144, 96],
  [160, 100],
  [112, 112],
] as const;

/**
 * Fills a folder with seeded procedural landscapes as JPEG files, 96 to 160 pixels a side. Files that are
 * there already stay as they are.
 * @returns how many files were written
 */
export async function writeScenes(folder: string, count: number, seed: number): Promise<number> {
  await mkdir(folder, { recursive: true });
  const present = new Set(await readdir(folder));
  let written = 0;
  for (let index = 0; index < count; index++) {
    const name = `scene-${String(index + 1).padStart(4, '0')}.jpg`;
    if (present.has(name)) continue;
    await writeFileAtomic(join(folder, name), await renderScene(index, seed));
    written++;
  }
  return written;
}

async function renderScene(index: number, seed: number): Promise<Buffer> {
  const random = new Random(seed).fork(`scene ${index}`);
  const [width, height] = SIZES[random.int(SIZES.length)]!;
  // Drawn at twice the size: the grain and thin lines come out finer.
  const svg = drawScene(random, 2 * width, 2 * height);
  return sharp(Buffer.from(svg)).resize(width, height).flatten().jpeg({ quality: 92 }).toBuffer();
}
