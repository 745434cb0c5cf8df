import { dirname } from 'node:path';
import type { Image } from '../../data/image-values.ts';
import { writeGrid } from '../../data/images.ts';
import { makeFolder } from '../../project/disk/folders.ts';
import type { HeldOutImages } from './held-out.ts';

const ROWS = 6;

/**
 * Draws the first held-out images, one per row: source, each set of translations, target.
 * @param translations each [count, size, size, 3] in [-1, 1]
 */
export async function writeSampleGrid(
  path: string,
  heldOut: HeldOutImages,
  ...translations: readonly Float32Array[]
): Promise<void> {
  const { size, count, source, target } = heldOut;
  const values = size * size * 3;
  const cut = (images: Float32Array, row: number): Image => ({
    width: size,
    height: size,
    data: images.slice(row * values, (row + 1) * values),
  });
  await makeFolder(dirname(path));
  await writeGrid(
    path,
    Array.from({ length: Math.min(ROWS, count) }, (_, row) =>
      [source, ...translations, target].map((images) => cut(images, row)),
    ),
  );
}
