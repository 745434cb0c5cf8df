import { describe, expect, test } from 'vitest';
import { findLoraPairs } from '../../../src/data/lora-pairs.ts';
import { Random } from '../../../src/data/random.ts';
import { PIECE_VALUES } from '../../../src/data/tensor-reader.ts';
import { loraSpectrum } from '../../../src/pipeline/tensors/lora-spectrum.ts';
import { float32, type RawTensor } from '../../data/safetensors-bytes.ts';
import { reading, tensorFile } from './fixture-file.ts';

/** Values of a matrix by rows. */
type Matrix = readonly (readonly number[])[];

const spectraOf = (tensors: Record<string, RawTensor>) =>
  reading(tensorFile(tensors), async (reader) => {
    const spectra = [];
    for (const pair of findLoraPairs(reader.header.tensors)) spectra.push(await loraSpectrum(reader, pair));
    return spectra;
  });

function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const random = new Random(seed);
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () => Math.fround(random.normal())),
  );
}

const transposed = (matrix: Matrix): Matrix => matrix[0]!.map((_, j) => matrix.map((row) => row[j]!));

function product(a: Matrix, b: Matrix): number[][] {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => row.reduce((sum, value, k) => sum + value * column[k]!, 0)));
}

/** Singular values by one-sided Jacobi rotations of the columns (Hestenes 1958): no Gram matrix, no eigenvalues. */
function jacobiSingularValues(matrix: Matrix): number[] {
  const columns = transposed(matrix).map((column) => [...column]);
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let i = 0; i < columns.length; i++) {
      for (let j = i + 1; j < columns.length; j++) {
        const [a, b] = [columns[i]!, columns[j]!];
        const beside = dot(a, b);
        if (Math.abs(beside) < 1e-300) continue;
        const zeta = (dot(b, b) - dot(a, a)) / (2 * beside);
        const tangent = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cosine = 1 / Math.hypot(1, tangent);
        const sine = cosine * tangent;
        columns[i] = a.map((value, k) => cosine * value - sine * b[k]!);
        columns[j] = b.map((value, k) => cosine * value + sine * a[k]!);
      }
    }
  }
  return columns.map((column) => Math.sqrt(dot(column, column))).sort((a, b) => b - a);
}

const flat = (shape: number[], matrix: Matrix) => float32(shape, matrix.flat());
/** [out, r] and [r, in]. */
const [B, A] = [randomMatrix(7, 3, 1), randomMatrix(3, 12, 2)];
const expected = jacobiSingularValues(transposed(product(B, A))).slice(0, 3);

function expectClose(values: readonly number[] | undefined, reference: readonly number[]): void {
  expect(values).toHaveLength(reference.length);
  for (const [i, value] of values!.entries()) expect(value / reference[i]!).toBeCloseTo(1, 9);
}

describe('singular values of the product are those of a direct decomposition', () => {
  test.each<[string, Record<string, RawTensor>]>([
    [
      'PEFT',
      {
        'base_model.model.q_proj.lora_A.weight': flat([3, 12], A),
        'base_model.model.q_proj.lora_B.weight': flat([7, 3], B),
      },
    ],
    [
      'PEFT with a named adapter',
      { 'q.lora_A.default.weight': flat([3, 12], A), 'q.lora_B.default.weight': flat([7, 3], B) },
    ],
    [
      'kohya, a convolution',
      {
        'lora_unet_conv.lora_down.weight': flat([3, 3, 2, 2], A),
        'lora_unet_conv.lora_up.weight': flat([7, 3, 1, 1], B),
      },
    ],
    ['Diffusers', { 'unet.q_lora.down.weight': flat([3, 12], A), 'unet.q_lora.up.weight': flat([7, 3], B) }],
    [
      'this project, a convolution',
      {
        'ds.conv.lora.down': flat([2, 2, 3, 3], transposed(A)),
        'ds.conv.lora.up': flat([1, 1, 3, 7], transposed(B)),
      },
    ],
    ['MLX', { 'q.lora_a': flat([12, 3], transposed(A)), 'q.lora_b': flat([3, 7], transposed(B)) }],
  ])('%s', async (_, tensors) => {
    const [spectrum, ...others] = await spectraOf(tensors);
    expect(others).toEqual([]);
    expect(spectrum!.rank).toBe(3);
    expectClose(spectrum!.values, expected);
    expect(
      spectrum!.norm! /
        Math.sqrt(
          product(B, A)
            .flat()
            .reduce((sum, v) => sum + v * v, 0),
        ),
    ).toBeCloseTo(1, 9);
  });

  test('a transposed convolution of this project: down [height, width, r, in]', async () => {
    // down[tap, r, in] and up[r, out]: row (tap, in), column out of the product.
    const down = randomMatrix(4 * 2, 5, 8);
    const up = randomMatrix(2, 6, 9);
    const unfolded = Array.from({ length: 4 * 5 }, (_, row) =>
      [0, 1].map((r) => down[Math.floor(row / 5) * 2 + r]![row % 5]!),
    );
    const [spectrum] = await spectraOf({
      'us.conv.lora.down': flat([2, 2, 2, 5], down),
      'us.conv.lora.up': flat([1, 1, 2, 6], up),
    });
    expectClose(spectrum!.values, jacobiSingularValues(product(unfolded, up)).slice(0, 2));
  });

  test('factors that come in several pieces, by rows and by columns', async () => {
    const rank = 3;
    const width = PIECE_VALUES + 11;
    // Rows of A: constant, alternating, one value; B likewise. The product's values follow by hand.
    const a = new Float32Array(rank * width);
    for (let i = 0; i < width; i++) {
      a[i] = 1;
      a[width + i] = i % 2 === 0 ? 1 : -1;
    }
    a[3 * width - 1] = 5;
    const b = new Float32Array(width * rank);
    for (let i = 0; i < width; i++) b[i * rank] = 2;
    b[1] = 3;
    const [spectrum] = await spectraOf({
      'x.lora_A.weight': float32([rank, width], a),
      'x.lora_B.weight': float32([width, rank], b),
    });
    // Gram matrices by closed form, and the product's squared norm as the trace of their product.
    const odd = width % 2;
    const downGram = [
      [width, odd, 5],
      [odd, width, 5 * (width % 2 === 0 ? -1 : 1)],
      [5, 5 * (width % 2 === 0 ? -1 : 1), 25],
    ];
    const upGram = [
      [4 * width, 6, 0],
      [6, 9, 0],
      [0, 0, 0],
    ];
    const trace = product(downGram, upGram).reduce((sum, row, i) => sum + row[i]!, 0);
    expect(spectrum!.norm! / Math.sqrt(trace)).toBeCloseTo(1, 9);
    expect(spectrum!.values![2]! / spectrum!.values![0]!).toBeLessThan(1e-7);
  });

  test('effective rank: r for equal values, near 1 for one that stands out', async () => {
    const identity = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const of = async (diagonal: number[]) => {
      const down = identity.map((row, i) => row.map((value) => value * diagonal[i]!));
      return (
        await spectraOf({
          'x.lora_down.weight': flat([3, 3], down),
          'x.lora_up.weight': flat([3, 3], identity),
        })
      )[0]!;
    };
    expect((await of([2, 2, 2])).effectiveRank).toBeCloseTo(3, 9);
    expect((await of([1, 0, 0])).effectiveRank).toBeCloseTo(1, 6);
    const zero = await of([0, 0, 0]);
    expect(zero.values).toEqual([0, 0, 0]);
    expect(zero.effectiveRank).toBeUndefined();
  });
});

test('alpha is told, and a factor with NaN says so instead of a spectrum', async () => {
  const [spectrum] = await spectraOf({
    'x.lora_down.weight': flat([3, 12], A),
    'x.lora_up.weight': float32([7, 3], [NaN, ...B.flat().slice(1)]),
    'x.alpha': float32([], [1.5]),
  });
  expect(spectrum).toEqual({
    layer: 'x',
    down: 'x.lora_down.weight',
    up: 'x.lora_up.weight',
    rank: 3,
    alpha: 1.5,
    problem: expect.stringMatching(/NaN/),
  });
});

test.each<[string, Record<string, number[]>]>([
  ['a factor without the other', { 'x.lora_A.weight': [3, 4] }],
  ['ranks that differ', { 'x.lora_A.weight': [3, 4], 'x.lora_B.weight': [5, 2] }],
  ['vectors', { 'x.lora.down': [3], 'x.lora.up': [3] }],
  ['a word that only begins alike', { 'x.lora_Alpha.weight': [3, 4], 'x.lora_Blpha.weight': [5, 3] }],
])('%s is no pair', (_, shapes) => {
  const tensors = new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape }]));
  expect(findLoraPairs(tensors)).toEqual([]);
});

test('a pair with a third factor between the two is marked, since their product is not the update', () => {
  const shapes = {
    'x.lora_down.weight': [3, 4],
    'x.lora_mid.weight': [3, 3, 3, 3],
    'x.lora_up.weight': [5, 3],
    'y.lora_down.weight': [3, 4],
    'y.lora_up.weight': [5, 3],
  };
  const pairs = findLoraPairs(new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape }])));
  expect(pairs.map(({ layer, hasMiddle }) => [layer, hasMiddle])).toEqual([
    ['x', true],
    ['y', false],
  ]);
});
