import { expect, test } from 'vitest';
import { PIECE_VALUES } from '../../../src/data/tensor-reader.ts';
import { compareTensors } from '../../../src/pipeline/tensors/compare.ts';
import type { TensorDifference } from '../../../src/protocol/tensors.ts';
import { float32, type RawTensor, raw } from '../../data/safetensors-bytes.ts';
import { reading, tensorFile } from './fixture-file.ts';

async function compared(first: Record<string, RawTensor>, second: Record<string, RawTensor>) {
  const differences: TensorDifference[] = [];
  const progress: [number, number][] = [];
  const unmatched = await reading(tensorFile(first), (own) =>
    reading(tensorFile(second), (other) =>
      compareTensors(own, other, {
        progress: (done, total) => progress.push([done, total]),
        difference: (difference) => differences.push(difference),
      }),
    ),
  );
  return { differences, unmatched, progress };
}

test('distance, relative change and cosine, by hand, over files of other types and order', async () => {
  const { differences, unmatched, progress } = await compared(
    { b: float32([2], [3, 4]), a: float32([1, 2], [1, 0]) },
    { a: raw('F64', [1, 2], Float64Array.of(0, 2)), b: raw('F16', [2], Uint16Array.of(0x4200, 0x4400)) },
  );
  expect(differences).toEqual([
    { name: 'b', distance: 0, relative: 0, cosine: 1, nonFinite: 0 },
    { name: 'a', distance: Math.sqrt(5), relative: Math.sqrt(5), cosine: 0, nonFinite: 0 },
  ]);
  expect(unmatched).toEqual({ onlyFirst: [], onlySecond: [], mismatched: [] });
  expect(progress.at(-1)).toEqual([4, 4]);
});

test('what is missing on either side and what has another shape is listed', async () => {
  const { differences, unmatched } = await compared(
    { gone: float32([1], [1]), shaped: float32([2, 1], [1, 2]), same: float32([1], [1]) },
    { same: float32([1], [-2]), shaped: float32([1, 2], [1, 2]), added: float32([1], [1]) },
  );
  expect(differences).toEqual([{ name: 'same', distance: 3, relative: 3, cosine: -1, nonFinite: 0 }]);
  expect(unmatched).toEqual({
    onlyFirst: ['gone'],
    onlySecond: ['added'],
    mismatched: [{ name: 'shaped', first: [2, 1], second: [1, 2] }],
  });
});

test('zeros have no cosine and no relative change; what is not finite is counted and left out', async () => {
  const { differences } = await compared(
    { zero: float32([1], [0]), holes: float32([4], [NaN, 3, 4, 1]) },
    { zero: float32([1], [2]), holes: float32([4], [1, 3, 4, -Infinity]) },
  );
  expect(differences).toEqual([
    { name: 'zero', distance: 2, nonFinite: 0 },
    { name: 'holes', distance: 0, relative: 0, cosine: 1, nonFinite: 2 },
  ]);
});

test('over several pieces, and values whose squares are beyond all doubles', async () => {
  const count = PIECE_VALUES + 3;
  const first = new Float64Array(count).fill(1);
  const second = Float64Array.from(first, (_, i) => (i % 2 === 0 ? 1 : -1));
  const large = Float64Array.from(first);
  large[count - 1] = 3e200;
  const { differences } = await compared(
    { mixed: raw('F64', [count], first), large: raw('F64', [count], large) },
    { mixed: raw('F64', [count], second), large: raw('F64', [count], first) },
  );
  const flipped = Math.floor(count / 2);
  expect(differences[0]!.distance).toBeCloseTo(2 * Math.sqrt(flipped), 9);
  expect(differences[0]!.cosine).toBeCloseTo((count - 2 * flipped) / count, 12);
  expect(differences[1]!.distance / 3e200).toBeCloseTo(1, 12);
});
