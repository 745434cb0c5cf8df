import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outlierWarnings } from '../../src/data/weight-outliers.ts';

const TENSORS = [
  { name: 'up', offset: 0, size: 2 },
  { name: 'down', offset: 2, size: 3 },
];
const fileOf = (name: string, ...vectors: number[][]) => ({
  path: `${name}.safetensors`,
  vectors: vectors.map((values) => Float32Array.from(values)),
});

test('only the file that was changed is named, with the tensor and how far it is', () => {
  const weight = fc.double({ min: 0.5, max: 5, noNaN: true });
  const vector = fc.array(weight, { minLength: 5, maxLength: 5 });
  const files = fc.array(vector, { minLength: 3, maxLength: 7 });
  fc.assert(
    fc.property(
      files,
      fc.nat(),
      fc.nat(4),
      fc.constantFrom(600, -1e10, 3.4e38),
      (sound, which, at, value) => {
        const zoo = sound.map((values, n) => fileOf(`f${n}`, values));
        expect(outlierWarnings(TENSORS, zoo)).toEqual([]);
        const odd = zoo[which % zoo.length]!;
        odd.vectors[0]![at] = value;
        const warnings = outlierWarnings(TENSORS, zoo);
        expect(warnings).toHaveLength(1);
        expect(warnings[0]).toContain(`${odd.path}: tensor '${at < 2 ? 'up' : 'down'}' has a weight of `);
      },
    ),
  );
});

test.each([
  [
    'a tensor that is 0 in the others',
    [fileOf('a', [0, 0, 1, 1, 1]), fileOf('b', [0, 0, 1, 1, 1]), fileOf('c', [500, 0, 1, 1, 1])],
  ],
  [
    'an earlier vector of a file',
    [
      fileOf('a', [1, 1, 1, 1, 1]),
      fileOf('b', [1, 1, 1, 1, 1]),
      fileOf('c', [500, 1, 1, 1, 1], [1, 1, 1, 1, 1]),
    ],
  ],
])('%s counts', (_, files) => {
  expect(outlierWarnings(TENSORS, files)).toEqual([
    "c.safetensors: tensor 'up' has a weight of 500, 500 times what the largest is in most files (1). It outweighs the other files: check it, or remove it.",
  ]);
});

test('files without any weight, or with weak ones, are no outliers', () => {
  const weak = fileOf('weak', [1e-6, 0, 0, 1e-6, 0]);
  expect(
    outlierWarnings(TENSORS, [fileOf('a', [1, 1, 1, 1, 1]), weak, fileOf('b', [1, 1, 1, 1, 1])]),
  ).toEqual([]);
  expect(outlierWarnings(TENSORS, [fileOf('a', [0, 0, 0, 0, 0]), fileOf('b', [0, 0, 0, 0, 0])])).toEqual([]);
});
