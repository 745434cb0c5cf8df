import sharp from 'sharp';
import { writeMissing } from './missing-files.ts';
import { Random } from './random.ts';
import { drawScene } from './scene-drawing.ts';

/** Width and height in pixels: several shapes, like those of real photographs. */
const SIZES = [
  [128, 128],
  [160, 120],
  [120, 160],
  [144, 96],
  [160, 100],
  [112, 112],
] as const;

/** Names of the files that {@link writeScenes} writes. */
export function sceneNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `scene-${String(index + 1).padStart(4, '0')}.jpg`);
}

/**
 * Fills a folder with seeded procedural landscapes: JPEG files with sides of 96 to 160 pixels. Existing files are not
 * changed.
 * @returns the number of files that were written
 */
export function writeScenes(folder: string, count: number, seed: number): Promise<number> {
  return writeMissing(folder, sceneNames(count), (index) => renderScene(index, seed));
}

async function renderScene(index: number, seed: number): Promise<Buffer> {
  const random = new Random(seed).fork(`scene ${index}`);
  const [width, height] = SIZES[random.int(SIZES.length)]!;
  // Drawn at twice the size, so that the grain and thin lines are finer.
  const svg = drawScene(random, 2 * width, 2 * height);
  return sharp(Buffer.from(svg)).resize(width, height).flatten().jpeg({ quality: 92 }).toBuffer();
}
