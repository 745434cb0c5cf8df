import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BlockGrouping, createBlockSplitter, type WeightSegment } from '../../src/data/blocks.ts';

function segmentsOf(sizes: readonly (readonly [layer: string, size: number])[]): WeightSegment[] {
  let offset = 0;
  return sizes.map(([layer, size], i) => {
    const segment = { name: `${layer}.${i}`, layer, offset, size };
    offset += size;
    return segment;
  });
}

const GROUPINGS: BlockGrouping[] = ['within-layer', 'across-layers', 'interleaved'];
const anySegments = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 40 })), {
    minLength: 1,
    maxLength: 8,
  })
  .map(segmentsOf);

describe.each(GROUPINGS)('%s', (grouping) => {
  it('returns every vector to the bit, whatever stands in the padding', () => {
    fc.assert(
      fc.property(anySegments, fc.integer({ min: 1, max: 33 }), (segments, blockSize) => {
        const splitter = createBlockSplitter(segments, { blockSize, grouping });
        const vector = Float32Array.from({ length: splitter.size }, (_, i) => Math.sin(i + 1));
        const blocks = splitter.split(vector);
        expect(blocks.length).toBe(splitter.count * blockSize);
        expect(splitter.join(blocks)).toEqual(vector);
        const soiled = blocks.map((value, i) => (splitter.mask[i] ? value : 99));
        expect(splitter.join(soiled)).toEqual(vector);
      }),
    );
  });

  it('places each weight once and leaves no block empty', () => {
    fc.assert(
      fc.property(anySegments, fc.integer({ min: 1, max: 33 }), (segments, blockSize) => {
        const { positions, size, count } = createBlockSplitter(segments, { blockSize, grouping });
        const placed = [...positions].filter((position) => position >= 0).sort((a, b) => a - b);
        expect(placed).toEqual(Array.from({ length: size }, (_, i) => i));
        for (let block = 0; block < count; block++) {
          expect(
            Math.max(...positions.subarray(block * blockSize, (block + 1) * blockSize)),
          ).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

const SEGMENTS = segmentsOf([
  ['stem', 3],
  ['stem', 2],
  ['head', 4],
]);
const blocksOf = (grouping: BlockGrouping): number[][] => {
  const { positions, count, blockSize } = createBlockSplitter(SEGMENTS, { blockSize: 4, grouping });
  return Array.from({ length: count }, (_, i) => [...positions.subarray(i * blockSize, (i + 1) * blockSize)]);
};

it('begins a block with each layer and keeps a layer’s tensors together', () => {
  expect(blocksOf('within-layer')).toEqual([
    [0, 1, 2, 3],
    [4, -1, -1, -1],
    [5, 6, 7, 8],
  ]);
});

it('cuts across layers', () => {
  expect(blocksOf('across-layers')).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, -1, -1, -1],
  ]);
});

it('interleaves all layers in every block', () => {
  expect(blocksOf('interleaved')).toEqual([
    [0, 3, 6, -1],
    [1, 4, 7, -1],
    [2, 5, 8, -1],
  ]);
});

it('refuses vectors of another length and segments with gaps', () => {
  const splitter = createBlockSplitter(SEGMENTS, { blockSize: 4, grouping: 'across-layers' });
  expect(() => splitter.split(new Float32Array(8))).toThrow(/9 values was expected, but it has 8/);
  expect(() => splitter.join(new Float32Array(9))).toThrow(/12 values was expected, but it has 9/);
  const gap = [{ name: 'late', offset: 1, size: 2 }];
  expect(() => createBlockSplitter(gap, { blockSize: 4, grouping: 'across-layers' })).toThrow(
    /late begins at 1/,
  );
});
