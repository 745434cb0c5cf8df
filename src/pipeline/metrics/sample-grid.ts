import { dirname } from 'node:path';
import type { Image } from '../../data/image-values.ts';
import { writeGrid } from '../../data/images.ts';
import { makeFolder } from '../../project/disk/folders.ts';
import type { HeldOutImages, TranslatedPairs } from './held-out.ts';

/** Number of held-out images that sample grids show. */
export const SAMPLE_ROWS = 6;

/** The first translations of a set, as many as a sample grid shows. */
export class FirstTranslations {
  readonly #parts: Float32Array[] = [];

  constructor(private readonly size: number) {}

  /** Takes what is shown of a batch; the batches come in order. */
  take({ first, translated }: TranslatedPairs): void {
    const shown = SAMPLE_ROWS - first;
    if (shown > 0) this.#parts.push(translated.slice(0, shown * this.size ** 2 * 3));
  }

  /** [n, size, size, 3] in [-1, 1]. */
  get images(): Float32Array {
    const all = new Float32Array(this.#parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
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
