import { dirname } from 'node:path';
import { type Image, joined } from '../../data/image-values.ts';
import { writeGrid } from '../../data/images.ts';
import { makeFolder } from '../../project/disk/folders.ts';
import { firstOf, type HeldOutImages, type TranslatedPairs } from './held-out.ts';

/** Number of held-out images that sample grids show. */
export const SAMPLE_ROWS = 6;

/** The first translations of a set, as many as a sample grid shows. */
export class FirstTranslations {
  readonly #parts: Float32Array[] = [];

  constructor(private readonly size: number) {}

  /** Takes what is shown of a batch; the batches come in order. */
  take(pairs: TranslatedPairs): void {
    this.#parts.push(firstOf(pairs, SAMPLE_ROWS, this.size).slice());
  }

  /** [n, size, size, 3] in [-1, 1]. */
  get images(): Float32Array {
    return joined(this.#parts);
  }
}

/**
 * Draws the first held-out images, one per row: source, each set of translations, target.
 * @param translations the first of them, at least as many as are shown: [n, size, size, 3] in [-1, 1] each
 */
export async function writeSampleGrid(
  path: string,
  heldOut: HeldOutImages,
  ...translations: readonly Float32Array[]
): Promise<void> {
  const { size } = heldOut;
  const rows = Math.min(SAMPLE_ROWS, heldOut.count);
  const [source, target] = [await heldOut.source.read(0, rows), await heldOut.target.read(0, rows)];
  const values = size * size * 3;
  const cut = (images: Float32Array, row: number): Image => ({
    width: size,
    height: size,
    data: images.slice(row * values, (row + 1) * values),
  });
  await makeFolder(dirname(path));
  await writeGrid(
    path,
    Array.from({ length: rows }, (_, row) =>
      [source, ...translations, target].map((images) => cut(images, row)),
    ),
  );
}
