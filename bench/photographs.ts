/** Photographs that the benchmarks share: crops of those in an npm package. */
import { mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { Random } from '../src/data/random.ts';

/** Photographs in JPEG format, of a development dependency. */
export const PHOTOGRAPHS_FOLDER = 'node_modules/paper-kit-2/assets/img';

/** Crops of the photographs in a folder, of several shapes, with sides of 280 to 379 pixels, named after the photograph. */
export async function writeCrops(from: string, to: string, count: number): Promise<void> {
  await mkdir(to, { recursive: true });
  const files = (await readdir(from)).filter((name) => name.endsWith('.jpg')).sort();
  const random = new Random(1);
  for (let i = 0; i < count; i++) {
    const file = join(from, files[i % files.length]!);
    const { width, height } = await sharp(file).metadata();
    const side = Math.min(width, height, 300 + random.int(500));
    const [left, top] = [random.int(width - side + 1), random.int(height - side + 1)];
    await sharp(file)
      .extract({ left, top, width: side, height: side })
      .resize(280 + random.int(100), 280 + random.int(100), { fit: 'cover' })
      .jpeg({ quality: 90 })
      .toFile(join(to, `${basename(file, '.jpg')}-${String(i + 1).padStart(3, '0')}.jpg`));
  }
}
