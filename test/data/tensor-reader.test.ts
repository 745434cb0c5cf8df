import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PIECE_VALUES, TensorReader } from '../../src/data/tensor-reader.ts';
import { UserError } from '../../src/project/user-error.ts';
import { type RawTensor, raw, safetensorsBytes } from './safetensors-bytes.ts';

let path: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reader-'));
  path = join(folder, 'a.safetensors');
});
afterAll(() => rm(folder, { recursive: true }));

async function valuesOf(tensor: RawTensor): Promise<number[]> {
  // An odd number of bytes before it: its values are not aligned in the file.
  await writeFile(path, safetensorsBytes({ before: raw('U8', [3], Uint8Array.of(9, 9, 9)), tensor }));
  return TensorReader.with(path, undefined, async (reader) => {
    const values: number[] = [];
    for await (const piece of reader.pieces(reader.tensor('tensor'))) values.push(...piece);
    return values;
  });
}

test.each<[string, RawTensor, number[]]>([
  ['F64', raw('F64', [2], Float64Array.of(1e300, -0.1)), [1e300, -0.1]],
  ['F32', raw('F32', [2], Float32Array.of(1.5, -2)), [1.5, -2]],
  ['F16', raw('F16', [3], Uint16Array.of(0x3c00, 0x7bff, 0x7e00)), [1, 65504, NaN]],
  ['BF16', raw('BF16', [2], Uint16Array.of(0x3f80, 0xc049)), [1, -3.140625]],
  ['F8_E4M3', raw('F8_E4M3', [3], Uint8Array.of(0x38, 0x7e, 0x7f)), [1, 448, NaN]],
  ['F8_E5M2', raw('F8_E5M2', [3], Uint8Array.of(0x3c, 0x7b, 0xfc)), [1, 57344, -Infinity]],
  ['I64', raw('I64', [2], BigInt64Array.of(-3n, 2n ** 53n)), [-3, 2 ** 53]],
  ['U64', raw('U64', [1], BigUint64Array.of(2n ** 64n - 1n)), [2 ** 64]],
  ['I32', raw('I32', [1], Int32Array.of(-5)), [-5]],
  ['U32', raw('U32', [1], Uint32Array.of(2 ** 32 - 1)), [2 ** 32 - 1]],
  ['I16', raw('I16', [1], Int16Array.of(-300)), [-300]],
  ['U16', raw('U16', [1], Uint16Array.of(65535)), [65535]],
  ['I8', raw('I8', [1], Int8Array.of(-7)), [-7]],
  ['U8', raw('U8', [1], Uint8Array.of(255)), [255]],
  ['BOOL', raw('BOOL', [3], Uint8Array.of(1, 0, 1)), [1, 0, 1]],
  ['a scalar', raw('F32', [], Float32Array.of(4)), [4]],
  ['no value', raw('F32', [0, 3], new Float32Array(0)), []],
])('%s', async (_, tensor, expected) => {
  expect(await valuesOf(tensor)).toEqual(expected);
});

test('a tensor larger than a piece comes whole and in order', async () => {
  const count = 2 * PIECE_VALUES + 5;
  const values = Int32Array.from({ length: count }, (_, i) => i);
  await writeFile(path, safetensorsBytes({ tensor: raw('I32', [count], values) }));
  await TensorReader.with(path, undefined, async (reader) => {
    let at = 0;
    let wrong = 0;
    for await (const piece of reader.pieces(reader.tensor('tensor'))) {
      expect(piece.length).toBeLessThanOrEqual(PIECE_VALUES);
      for (const value of piece) if (value !== at++) wrong++;
    }
    expect([at, wrong]).toEqual([count, 0]);
  });
});

test('a file that becomes shorter, a tensor that is not there, and a raised signal', async () => {
  const tensor = raw('F32', [PIECE_VALUES * 2], new Float32Array(PIECE_VALUES * 2));
  const bytes = safetensorsBytes({ tensor });
  await writeFile(path, bytes);
  const controller = new AbortController();
  await TensorReader.with(path, controller.signal, async (reader) => {
    expect(() => reader.tensor('none')).toThrow(/there is no tensor 'none'/);
    const info = reader.tensor('tensor');
    const pieces = reader.pieces(info);
    await pieces.next();
    await truncate(path, bytes.length - 8);
    await expect(pieces.next()).rejects.toThrow(UserError);
    controller.abort();
    await expect(reader.pieces(info).next()).rejects.toBe(controller.signal.reason);
  });
});
