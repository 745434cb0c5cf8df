import { levelOf } from './image-values.ts';
import { Random } from './random.ts';
import type { StoredImages } from './stored-images.ts';

/** Prepared pairs of one concept. */
export interface PairSet {
  readonly count: number;
  readonly source: StoredImages;
  readonly target: StoredImages;
}

export interface PairBatchOptions {
  /** Side of the stored images in pixels. */
  readonly storedSize: number;
  /** Side of the images in a batch in pixels; they are random crops if this is below `storedSize`. */
  readonly size: number;
  readonly batchSize: number;
  /** Mirror pairs at random. */
  readonly flip: boolean;
  readonly seed: number;
}

export interface PairBatch {
  /** [batch, size, size, 3] in [-1, 1]. */
  readonly source: Float32Array;
  readonly target: Float32Array;
  /** Index of the pair set that each row comes from. */
  readonly sets: Int32Array;
}

/**
 * Batches of training pairs as a pure function of the step: a resumed run sees exactly the same data as an uninterrupted
 * one, and every zoo concept sees its images in the same order.
 *
 * Rows cycle through the pair sets, in a new random order in each round. Within a set, images come in a new random order in
 * each epoch.
 *
 * When a batch is given, the images of the next one are already being read.
 */
export class PairBatches {
  readonly #orders = new Map<string, Int32Array>();
  readonly #root: Random;
  #ahead: { readonly step: number; readonly rows: Promise<Row[]> } | undefined;

  constructor(
    private readonly pairSets: readonly PairSet[],
    private readonly options: PairBatchOptions,
  ) {
    this.#root = new Random(options.seed).fork('pair-batches');
  }

  /** @throws UserError if the prepared images cannot be read any more */
  async batch(step: number): Promise<PairBatch> {
    const reading = this.#ahead?.step === step ? this.#ahead.rows : this.#read(step);
    const rows = await reading;
    const ahead = this.#read(step + 1);
    // If it fails, it is reported to whoever asks for that batch.
    ahead.catch(() => {});
    this.#ahead = { step: step + 1, rows: ahead };
    const values = this.options.size * this.options.size * 3;
    const source = new Float32Array(rows.length * values);
    const target = new Float32Array(rows.length * values);
    for (const [row, { crop, ...images }] of rows.entries()) {
      this.#copy(images.source, crop, source, row * values);
      this.#copy(images.target, crop, target, row * values);
    }
    return { source, target, sets: Int32Array.from(rows, ({ set }) => set) };
  }

  #read(step: number): Promise<Row[]> {
    return Promise.all(
      this.#chosen(step).map(async ({ set, image, crop }) => {
        const pairs = this.pairSets[set]!;
        // All columns of the crop's rows: they lie together in the file.
        const rows = { from: crop.top, count: this.options.size };
        const [source, target] = await Promise.all([
          pairs.source.read(image, rows),
          pairs.target.read(image, rows),
        ]);
        return { set, crop, source, target };
      }),
    );
  }

  #chosen(step: number): { readonly set: number; readonly image: number; readonly crop: Crop }[] {
    const { batchSize, size, storedSize, flip } = this.options;
    const random = this.#root.fork(`step ${step}`);
    return Array.from({ length: batchSize }, (_, row) => {
      const index = step * batchSize + row;
      const round = Math.floor(index / this.pairSets.length);
      const set = this.#order('sets', round, this.pairSets.length)[index % this.pairSets.length]!;
      const { count } = this.pairSets[set]!;
      const epoch = Math.floor(round / count);
      const image = this.#order('images', epoch, count)[round % count]!;
      const margin = storedSize - size;
      const crop = {
        left: margin > 0 ? random.int(margin + 1) : 0,
        top: margin > 0 ? random.int(margin + 1) : 0,
        mirrored: flip && random.uniform() < 0.5,
      };
      return { set, image, crop };
    });
  }

  /** A permutation that depends only on the seed, its purpose and its number. */
  #order(purpose: string, number: number, length: number): Int32Array {
    const key = `${purpose} ${number} of ${length}`;
    let order = this.#orders.get(key);
    if (!order) {
      order = this.#root.fork(key).shuffle(length);
      // Only the latest rounds are asked for again.
      if (this.#orders.size > 64) this.#orders.clear();
      this.#orders.set(key, order);
    }
    return order;
  }

  /** @param rows the crop's rows of the stored image */
  #copy(rows: Uint8Array, { left, mirrored }: Crop, to: Float32Array, offset: number): void {
    const { storedSize, size } = this.options;
    for (let y = 0; y < size; y++) {
      let read = (y * storedSize + left) * 3;
      let write = offset + y * size * 3;
      if (mirrored) {
        read += (size - 1) * 3;
        for (let x = 0; x < size; x++, read -= 6) {
          for (let c = 0; c < 3; c++) to[write++] = levelOf[rows[read++]!]!;
        }
      } else {
        for (let i = 0; i < size * 3; i++) to[write++] = levelOf[rows[read++]!]!;
      }
    }
  }
}

interface Crop {
  readonly left: number;
  readonly top: number;
  readonly mirrored: boolean;
}

/** One pair of a batch: the rows of its crop, as stored. */
interface Row {
  readonly set: number;
  readonly crop: Crop;
  readonly source: Uint8Array;
  readonly target: Uint8Array;
}
