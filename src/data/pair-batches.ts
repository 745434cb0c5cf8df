import { Random } from './random.ts';

/** Decoded training pairs of one concept: `count` images of `size` x `size` x 3 bytes each. */
export interface PairSet {
  readonly count: number;
  readonly source: Uint8Array;
  readonly target: Uint8Array;
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
 */
export class PairBatches {
  readonly #orders = new Map<string, Int32Array>();
  readonly #root: Random;

  constructor(
    private readonly pairSets: readonly PairSet[],
    private readonly options: PairBatchOptions,
  ) {
    this.#root = new Random(options.seed).fork('pair-batches');
  }

  batch(step: number): PairBatch {
    const { batchSize, size } = this.options;
    const values = size * size * 3;
    const source = new Float32Array(batchSize * values);
    const target = new Float32Array(batchSize * values);
    const sets = new Int32Array(batchSize);
    const random = this.#root.fork(`step ${step}`);
    for (let row = 0; row < batchSize; row++) {
      const index = step * batchSize + row;
      const round = Math.floor(index / this.pairSets.length);
      const set = this.#order('sets', round, this.pairSets.length)[index % this.pairSets.length]!;
      const pairs = this.pairSets[set]!;
      const epoch = Math.floor(round / pairs.count);
      const image = this.#order('images', epoch, pairs.count)[round % pairs.count]!;
      const margin = this.options.storedSize - size;
      const crop = {
        left: margin > 0 ? random.int(margin + 1) : 0,
        top: margin > 0 ? random.int(margin + 1) : 0,
        mirrored: this.options.flip && random.uniform() < 0.5,
      };
      this.#copy(pairs.source, image, crop, source, row * values);
      this.#copy(pairs.target, image, crop, target, row * values);
      sets[row] = set;
    }
    return { source, target, sets };
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

  #copy(
    from: Uint8Array,
    image: number,
    crop: { left: number; top: number; mirrored: boolean },
    to: Float32Array,
    offset: number,
  ): void {
    const { storedSize, size } = this.options;
    for (let y = 0; y < size; y++) {
      let read = ((image * storedSize + crop.top + y) * storedSize + crop.left) * 3;
      let write = offset + y * size * 3;
      if (crop.mirrored) {
        read += (size - 1) * 3;
        for (let x = 0; x < size; x++, read -= 6) {
          for (let c = 0; c < 3; c++) to[write++] = from[read++]! / 127.5 - 1;
        }
      } else {
        for (let i = 0; i < size * 3; i++) to[write++] = from[read++]! / 127.5 - 1;
      }
    }
  }
}

/** Rows `[first, first + count)` of a stored set, cropped to the center, as [count, size, size, 3] in [-1, 1]. */
export function centeredImages(
  images: Uint8Array,
  storedSize: number,
  size: number,
  first: number,
  count: number,
): Float32Array {
  const out = new Float32Array(count * size * size * 3);
  const margin = Math.floor((storedSize - size) / 2);
  let write = 0;
  for (let image = first; image < first + count; image++) {
    for (let y = 0; y < size; y++) {
      let read = ((image * storedSize + margin + y) * storedSize + margin) * 3;
      for (let i = 0; i < size * 3; i++) out[write++] = images[read++]! / 127.5 - 1;
    }
  }
  return out;
}
