/** Conversion between flat weight vectors and equal-sized blocks (the paper's grouping of weights, section 3). */

/** The place of one tensor in a flat weight vector. */
export interface WeightSegment {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** Consecutive segments of the same layer belong together. By default, each segment is a layer of its own. */
  readonly layer?: string;
}

/**
 * How weights become blocks. The paper compares three rules without publishing their details; these are ours.
 * `within-layer`: every layer begins a new block, and the rest of its last block is padding. `across-layers`: the vector is
 * cut in order. `interleaved`: weight i goes to block i modulo the number of blocks, so that every block mixes all layers.
 */
export type BlockGrouping = 'within-layer' | 'across-layers' | 'interleaved';

export interface BlockSplitter {
  readonly blockSize: number;
  /** Number of blocks. */
  readonly count: number;
  /** Length of the flat vector. */
  readonly size: number;
  /** [count, blockSize]: index in the flat vector, -1 for padding. */
  readonly positions: Int32Array;
  /** [count, blockSize]: 1 for weights, 0 for padding. */
  readonly mask: Float32Array;
  /**
   * Cuts a vector into blocks [count, blockSize], padded with 0.
   * @throws Error if the vector has another length than `size`
   */
  split(vector: Float32Array): Float32Array;
  /**
   * Joins blocks [count, blockSize] into a vector. Values in the padding are ignored.
   * @throws Error if there are not count x blockSize values
   */
  join(blocks: Float32Array): Float32Array;
}

/**
 * Makes a splitter for vectors with the given segments.
 * @throws Error if the segments leave gaps or overlap, or there are none
 */
export function createBlockSplitter(
  segments: readonly WeightSegment[],
  { blockSize, grouping }: { readonly blockSize: number; readonly grouping: BlockGrouping },
): BlockSplitter {
  const size = checkedSize(segments);
  const positions = POSITIONS[grouping](segments, size, blockSize);
  const count = positions.length / blockSize;
  const check = (kind: string, found: Float32Array, length: number): void => {
    if (found.length !== length)
      throw new Error(`A ${kind} of ${length} values was expected, but it has ${found.length}`);
  };
  return {
    blockSize,
    count,
    size,
    positions,
    mask: Float32Array.from(positions, (position) => (position < 0 ? 0 : 1)),
    split(vector) {
      check('weight vector', vector, size);
      return Float32Array.from(positions, (position) => (position < 0 ? 0 : vector[position]!));
    },
    join(blocks) {
      check('set of blocks', blocks, positions.length);
      const vector = new Float32Array(size);
      for (const [i, position] of positions.entries()) if (position >= 0) vector[position] = blocks[i]!;
      return vector;
    },
  };
}

const POSITIONS: Record<
  BlockGrouping,
  (segments: readonly WeightSegment[], size: number, blockSize: number) => Int32Array
> = {
  'within-layer': (segments, _size, blockSize) => {
    const starts = segments.filter((segment, i) => i === 0 || !sameLayer(segments[i - 1]!, segment));
    const last = segments.at(-1)!;
    const ends = [...starts.slice(1).map(({ offset }) => offset), last.offset + last.size];
    const positions = starts.flatMap(({ offset }, i) => padded(offset, ends[i]!, blockSize));
    return Int32Array.from(positions);
  },
  'across-layers': (_segments, size, blockSize) => Int32Array.from(padded(0, size, blockSize)),
  interleaved: (_segments, size, blockSize) => {
    const count = Math.ceil(size / blockSize);
    return Int32Array.from({ length: count * blockSize }, (_, i) => {
      const position = (i % blockSize) * count + Math.floor(i / blockSize);
      return position < size ? position : -1;
    });
  },
};

function sameLayer(a: WeightSegment, b: WeightSegment): boolean {
  return a.layer !== undefined && a.layer === b.layer;
}

/** The positions from `start` to `end` (exclusive), followed by -1 up to a whole number of blocks. */
function padded(start: number, end: number, blockSize: number): number[] {
  const length = Math.ceil((end - start) / blockSize) * blockSize;
  return Array.from({ length }, (_, i) => (start + i < end ? start + i : -1));
}

function checkedSize(segments: readonly WeightSegment[]): number {
  let size = 0;
  for (const { name, offset, size: length } of segments) {
    if (offset !== size)
      throw new Error(`Segment ${name} begins at ${offset}, but the previous one ends at ${size}`);
    size += length;
  }
  if (size === 0) throw new Error('There are no weights to cut into blocks');
  return size;
}
