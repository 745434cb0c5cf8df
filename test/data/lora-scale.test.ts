import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FileZoo, readFileZoo, writeFileWeights } from '../../src/data/file-zoo.ts';
import { readSafetensors } from '../../src/data/safetensors.ts';
import { UserError } from '../../src/project/user-error.ts';
import { temporaryFolder } from '../temporary-folders.ts';
import { type ForeignTensor, writeForeignFile } from './weight-files.ts';

type Tensors = Record<string, ForeignTensor>;
type Metadata = Readonly<Record<string, string>>;

/** Files a, b, c ... with these tensors, in a folder of their own. */
function folderOf(files: readonly Tensors[], metadata: readonly Metadata[] = []): string {
  const folder = temporaryFolder();
  for (const [n, tensors] of files.entries()) {
    const name = String.fromCharCode(97 + n);
    writeForeignFile(join(folder, `${name}.safetensors`), tensors, { prompt: name, ...metadata[n] });
  }
  return folder;
}

/** Names of the down factor, the up factor and alpha, as tools write them. */
const SCHEMES: readonly ((module: string) => readonly [down: string, up: string, alpha: string])[] = [
  (m) => [`lora_unet_${m}.lora_down.weight`, `lora_unet_${m}.lora_up.weight`, `lora_unet_${m}.alpha`],
  (m) => [`transformer.${m}.lora_A.weight`, `transformer.${m}.lora_B.weight`, `transformer.${m}.alpha`],
  (m) => [
    `base_model.model.${m}.lora_A.default.weight`,
    `base_model.model.${m}.lora_B.default.weight`,
    `base_model.model.${m}.alpha`,
  ],
  (m) => [`unet.${m}.lora.down.weight`, `unet.${m}.lora.up.weight`, `unet.${m}.alpha`],
  (m) => [
    `unet.${m}.lora_linear_layer.down.weight`,
    `unet.${m}.lora_linear_layer.up.weight`,
    `unet.${m}.alpha`,
  ],
];

/** Exact in every float, so that the products can be compared. */
const value = fc.integer({ min: -16, max: 16 }).map((n) => n / 8);
const alpha = fc.constantFrom(0.5, 1, 2, 3, 4, 16, 128);
const dtype = fc.constantFrom('F32' as const, 'F16' as const, 'BF16' as const);

interface Lora {
  readonly names: readonly [down: string, up: string, alpha: string];
  readonly rank: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Side of the kernel of a convolution; undefined for a matrix. */
  readonly side: number | undefined;
  readonly files: readonly { dtype: ForeignTensor['dtype']; alpha: number; down: number[]; up: number[] }[];
}

const loraOf = (names: Lora['names'], count: number): fc.Arbitrary<Lora> =>
  fc
    .record({
      rank: fc.integer({ min: 1, max: 4 }),
      inputs: fc.integer({ min: 1, max: 3 }),
      outputs: fc.integer({ min: 1, max: 3 }),
      side: fc.option(fc.constant(1), { nil: undefined }),
    })
    .chain((sizes) => {
      const values = (length: number) => fc.array(value, { minLength: length, maxLength: length });
      const { rank, inputs, outputs } = sizes;
      const file = fc.record({ dtype, alpha, down: values(rank * inputs), up: values(outputs * rank) });
      return fc
        .array(file, { minLength: count, maxLength: count })
        .map((files) => ({ ...sizes, names, files }));
    });

const zoo = fc
  .record({ scheme: fc.constantFrom(...SCHEMES), count: fc.integer({ min: 3, max: 5 }) })
  .chain(({ scheme, count }) =>
    fc
      .tuple(loraOf(scheme('mid_attn'), count), loraOf(scheme('out'), count))
      .map((loras) => ({ count, loras })),
  );

function tensorsOf({ names, rank, inputs, outputs, side, files }: Lora, n: number): Tensors {
  const { dtype: stored, alpha: scale, down, up } = files[n]!;
  const kernel = side === undefined ? [] : [side, side];
  return {
    [names[0]]: { dtype: stored, shape: [rank, inputs, ...kernel], values: down },
    [names[1]]: { dtype: stored, shape: [outputs, rank, ...kernel], values: up },
    [names[2]]: { dtype: stored, shape: [], values: [scale] },
  };
}

/** alpha / rank * up * down in float64, by rows. */
function update(lora: Lora, down: ArrayLike<number>, up: ArrayLike<number>, scale: number): number[] {
  const { rank, inputs, outputs } = lora;
  return Array.from({ length: outputs * inputs }, (_, at) => {
    const [row, column] = [Math.floor(at / inputs), at % inputs];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += up[row * rank + k]! * down[k * inputs + column]!;
    return (scale / rank) * sum;
  });
}

function readVector({ layout }: FileZoo, vector: Float32Array, name: string): Float32Array {
  const { offset, size } = layout.tensors.find((tensor) => tensor.name === name)!;
  return vector.subarray(offset, offset + size);
}

test('every file keeps its update, and all have one alpha, whatever their ranks, floats and names', async () => {
  await fc.assert(
    fc.asyncProperty(zoo, async ({ count, loras }) => {
      const files = Array.from({ length: count }, (_, n) =>
        Object.assign({}, ...loras.map((lora) => tensorsOf(lora, n))),
      );
      const read = await readFileZoo(folderOf(files));
      for (const lora of loras) {
        const [down, up, alphaName] = lora.names;
        const scales = lora.files.map((file) => file.alpha);
        const same = scales.every((scale) => scale === scales[0]);
        const one = same ? scales[0]! : lora.rank;
        expect(read.layout.alphas[alphaName]).toBe(one);
        for (const [n, { checkpoints }] of read.members.entries()) {
          const part = (name: string) => readVector(read, checkpoints[0]!, name);
          expect([...part(alphaName)]).toEqual([one]);
          const file = lora.files[n]!;
          if (same) expect([...part(up)]).toEqual(file.up.map((x) => x + 0));
          const expected = update(lora, file.down, file.up, file.alpha);
          const found = update(lora, part(down), part(up), one);
          for (const [i, x] of found.entries())
            expect(Math.abs(x - expected[i]!)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(expected[i]!)));
        }
      }
    }),
    { numRuns: 40 },
  );
});

const kohya = (scale: number, factor = 1): Tensors => ({
  'x.lora_down.weight': { dtype: 'F32', shape: [2, 2], values: [0.1, 0.2, -0.1, 0.3] },
  'x.lora_up.weight': { dtype: 'F32', shape: [2, 2], values: [factor, 0, 0.5 * factor, factor] },
  'x.alpha': { dtype: 'F32', shape: [], values: [scale] },
});

test('one update that is written with four alphas is one set of weights, in which alpha is not generated', async () => {
  const scales = [4, 1, 16, 2];
  const folder = folderOf(
    scales.map((scale) => kohya(scale, 8 / scale)),
    scales.map(() => ({ ss_network_dim: '2', ss_network_alpha: '4' })),
  );
  const { layout, members, notes } = await readFileZoo(folder);
  for (const { checkpoints } of members) expect(checkpoints).toEqual(members[0]!.checkpoints);
  expect(notes).toEqual([
    {
      level: 'info',
      message: `${folder}: the files differ in alpha (x.alpha): alpha / rank is multiplied into the up factors, so that all files have one scale.`,
    },
    {
      level: 'warning',
      message: expect.stringContaining(
        'a.safetensors: the same weights as b.safetensors, c.safetensors, d.safetensors',
      ),
    },
  ]);
  const path = join(folder, 'new', 'd.safetensors');
  const vector = members[0]!.checkpoints[0]!.map((x) => x + 0.25);
  await writeFileWeights(path, layout, { prompt: 'new', seed: 1, steps: 1, vector }, temporaryFolder());
  const written = await readSafetensors(path);
  expect(written.tensors.get('x.alpha')!.data).toEqual(Float32Array.of(2));
  // It repeated an alpha that is no longer that of the tensors.
  expect(written.metadata).toMatchObject({ ss_network_dim: '2' });
  expect(written.metadata).not.toHaveProperty('ss_network_alpha');
});

test.each<[what: string, files: readonly Tensors[], metadata: readonly Metadata[], message: string]>([
  [
    'a LoHa, which has more than two factors',
    [4, 4, 1].map((scale) => ({
      'x.hada_w1_a': { dtype: 'F32', shape: [2, 1], values: [1, 2] },
      'x.hada_w1_b': { dtype: 'F32', shape: [1, 2], values: [1, 2] },
      'x.alpha': { dtype: 'F32', shape: [], values: [scale] },
    })),
    [],
    "c.safetensors: tensor 'x.alpha' is 1, but 4 in a.safetensors: the files have different scales",
  ],
  [
    'scales in the metadata that differ',
    [kohya(2), kohya(2), kohya(2)],
    [2, 8, 8].map((n) => ({ lora_adapter_metadata: `{"unet.r": 2, "unet.lora_alpha": ${n}}` })),
    'b.safetensors: lora_adapter_metadata: unet.lora_alpha is 8, but 2 in a.safetensors: the files have different scales',
  ],
  [
    'a scale in the metadata of one file only',
    [kohya(2), kohya(2), kohya(2)],
    [{}, {}, { lora_adapter_metadata: '{"unet.lora_alpha": 8}' }],
    'c.safetensors: lora_adapter_metadata: unet.lora_alpha is 8, but absent in a.safetensors',
  ],
  [
    'a product that overflows',
    [kohya(4, 3e38), kohya(4), kohya(1)],
    [],
    "a.safetensors: tensor 'x.lora_up.weight' has a value that is Infinity. It is the product with alpha / rank (2)",
  ],
])('%s is refused', async (_what, files, metadata, message) => {
  const reading = readFileZoo(folderOf(files, metadata));
  await expect(reading).rejects.toThrow(message);
  await expect(reading).rejects.toThrow(UserError);
});

test('a trained parameter that is called alpha is a weight like any other', async () => {
  const files = [1, 2, 3].map(
    (n): Tensors => ({
      'snake.alpha': { dtype: 'F32', shape: [1], values: [n] },
      'snake.weight': { dtype: 'F32', shape: [1], values: [n] },
    }),
  );
  const { layout, members } = await readFileZoo(folderOf(files));
  expect(layout.alphas).toEqual({});
  expect(members.map(({ checkpoints }) => checkpoints[0]![0])).toEqual([1, 2, 3]);
});

test('metadata that decides the scale is kept where the rest of its text differs', async () => {
  const texts = ['a', 'b', 'c'].map((task) => `{"unet.r": 2, "unet.lora_alpha": 8, "unet.task": "${task}"}`);
  const folder = folderOf(
    [kohya(2), kohya(2), kohya(2)],
    texts.map((text) => ({ lora_adapter_metadata: text })),
  );
  expect((await readFileZoo(folder)).layout.metadata).toEqual({ lora_adapter_metadata: texts[0] });
});
