import { mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  readSafetensors,
  type Safetensors,
  type WritableTensor,
  writeSafetensors,
} from '../../src/data/safetensors.ts';
import { readSafetensorsHeader } from '../../src/project/disk/safetensors-header.ts';
import { UserError } from '../../src/project/user-error.ts';
import { temporaryFolder } from '../temporary-folders.ts';
import { changedBytes } from './changed-bytes.ts';
import { plantValue } from './planted-value.ts';
import { float32, raw, safetensorsBytes } from './safetensors-bytes.ts';
import { writeForeignFile } from './weight-files.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
  path = join(folder, 'a.safetensors');
});
afterAll(() => rm(folder, { recursive: true }));

/** A file put together by hand from a header and data bytes. */
function assemble(header: unknown, data: Uint8Array = new Uint8Array()): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

const tensorOf = fc.array(fc.nat(4), { maxLength: 4 }).chain((shape): fc.Arbitrary<WritableTensor> => {
  const size = shape.reduce((a, b) => a * b, 1);
  const exactly = { minLength: size, maxLength: size };
  return fc.oneof(
    fc
      .float32Array({ ...exactly, noNaN: true, noDefaultInfinity: true })
      .map((data) => ({ shape, data: Float32Array.from(data) })),
    fc.int32Array(exactly).map((data) => ({ shape, data: Int32Array.from(data) })),
    fc.uint8Array(exactly).map((data) => ({ shape, data: Uint8Array.from(data) })),
  );
});

describe('writeSafetensors and readSafetensors', () => {
  test('give back every tensor, whatever its name, shape and type', async () => {
    const names = fc.string({ unit: 'binary' }).filter((name) => name !== '__metadata__');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(names, tensorOf), { maxLength: 6 }),
        fc.dictionary(fc.string(), fc.string()),
        async (entries, metadata) => {
          const tensors = new Map(entries);
          await writeSafetensors(path, tensors, metadata);
          const read = await readSafetensors(path);
          expect(read.tensors.size).toBe(tensors.size);
          for (const [name, { shape, data }] of tensors) {
            expect(read.tensors.get(name)).toMatchObject({ shape, data });
          }
          expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
          for (const { byteOffset, dtype } of (await readSafetensorsHeader(path)).tensors.values()) {
            expect(byteOffset % (dtype === 'U8' ? 1 : 8)).toBeOneOf([0, 4]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('write the published layout, byte for byte', async () => {
    await writeSafetensors(
      path,
      { b: { shape: [3], data: Uint8Array.of(1, 2, 3) }, a: { shape: [1, 2], data: Float32Array.of(1, -2) } },
      { k: 'v' },
    );
    // By zlib of Python: see `SafetensorsChecksum` for what it is computed from.
    const json =
      '{"__metadata__":{"k":"v","crc32":"90331a12"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},' +
      '"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}';
    const padded = json.padEnd(Math.ceil(json.length / 8) * 8, ' ');
    const values = Buffer.concat([Buffer.from(Float32Array.of(1, -2).buffer), Buffer.of(1, 2, 3)]);
    expect(await readFile(path)).toEqual(assemble(padded, values));
  });

  test('notice a changed byte, wherever it is', async () => {
    const file = join(temporaryFolder(), 'changed.safetensors');
    const tensors = new Map([
      ['w', { shape: [2, 3], data: Float32Array.of(0, 1, -2, 3.5, 1e-20, 7) }],
      ['n', { shape: [2], data: Int32Array.of(4, -5) }],
    ]);
    const metadata = { prompt: 'a pencil sketch', rank: '4' };
    await writeSafetensors(file, tensors, metadata);
    const whole = await readFile(file);
    const unnoticed: string[] = [];
    for (const { byte, changed } of changedBytes(whole)) {
      await writeFile(file, changed);
      const read = await readSafetensors(file).catch((error: unknown) => error);
      if (read instanceof UserError) continue;
      // The name of the checksum itself, or the spaces behind the header: nothing that was written is different.
      expect(read).toMatchObject({ metadata });
      const kept = [...tensors].every(([name, { data }]) =>
        isDeepStrictEqual((read as Safetensors).tensors.get(name)?.data, data),
      );
      if (!kept) unnoticed.push(`byte ${byte}`);
    }
    expect(unnoticed).toEqual([]);
  });

  test('say what is wrong with a changed file, and what to do about it', async () => {
    const file = join(temporaryFolder(), 'changed.safetensors');
    await writeSafetensors(file, { w: { shape: [2], data: Float32Array.of(1, 2) } });
    await plantValue(file, 'w', 1, 3);
    await expect(readSafetensors(file, { remedy: 'Train again.' })).rejects.toThrow(
      `${file}: its content is not as it was written: it does not fit the checksum in its metadata. ` +
        "If you changed the file yourself, save it without 'crc32' there; otherwise, it is damaged. Train again.",
    );
  });

  test('say of a file that was cut what its reader knows to do about it', async () => {
    const file = join(temporaryFolder(), 'cut.safetensors');
    await writeSafetensors(file, { w: { shape: [2], data: Float32Array.of(1, 2) } });
    await truncate(file, 40);
    await expect(readSafetensors(file, { remedy: 'Train again.' })).rejects.toThrow(
      /truncated: .*\. Train again\.$/,
    );
    await expect(readSafetensors(file)).rejects.toThrow(/truncated: .*\. Make or copy it again\.$/);
  });

  test('take a copy that another program laid out differently', async () => {
    const file = join(temporaryFolder(), 'copy.safetensors');
    await writeSafetensors(
      file,
      { a: { shape: [2], data: Float32Array.of(1, 2) }, b: { shape: [1], data: Uint8Array.of(3) } },
      { k: 'v', j: 'w' },
    );
    const { crc32 } = (await readSafetensorsHeader(file)).metadata;
    expect(crc32).toMatch(/^[0-9a-f]{8}$/);
    const tensors = { b: raw('U8', [1], Uint8Array.of(3)), a: float32([2], [1, 2]) };
    await writeFile(file, safetensorsBytes(tensors, { j: 'w', crc32: crc32!, k: 'v' }));
    expect((await readSafetensors(file)).metadata).toEqual({ k: 'v', j: 'w' });
  });

  test('take typed arrays that are views into larger buffers', async () => {
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    await writeSafetensors(path, { view: { shape: [2], data } });
    expect((await readSafetensors(path)).tensors.get('view')!.data).toEqual(Float32Array.of(1, 2));
  });

  test('leave the old file and no litter where writing fails', async () => {
    await writeSafetensors(path, { kept: { shape: [1], data: Float32Array.of(5) } });
    await expect(
      writeSafetensors(path, { wrong: { shape: [3], data: new Float32Array(2) } }),
    ).rejects.toThrow("'wrong' has shape [3] but 2 values");
    const belowFile = join(path, 'a.safetensors');
    await expect(writeSafetensors(belowFile, {})).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect((await readSafetensors(path)).tensors.get('kept')!.data).toEqual(Float32Array.of(5));
    expect(await readdir(folder)).toEqual(['a.safetensors']);
  });

  test('refuse a tensor called __metadata__', async () => {
    const data = new Float32Array(0);
    await expect(writeSafetensors(path, { __metadata__: { shape: [0], data } })).rejects.toThrow(
      /__metadata__/,
    );
  });
});

describe('dtypes that others write', () => {
  test('F16, BF16 and I64 are read', async () => {
    const data = Buffer.alloc(8 + 12 + 4);
    data.writeBigInt64LE(-3n, 0);
    // 1, -2, 65504 (the largest), 2^-24 (the smallest subnormal), infinity, NaN
    [0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x7e00].forEach((bits, i) => {
      data.writeUInt16LE(bits, 8 + 2 * i);
    });
    [0x3f80, 0xc049].forEach((bits, i) => {
      data.writeUInt16LE(bits, 20 + 2 * i);
    });
    const header = {
      n: { dtype: 'I64', shape: [], data_offsets: [0, 8] },
      half: { dtype: 'F16', shape: [6], data_offsets: [8, 20] },
      brain: { dtype: 'BF16', shape: [2], data_offsets: [20, 24] },
    };
    await writeFile(path, assemble(header, data));
    const { tensors } = await readSafetensors(path, { notFinite: 'keep' });
    expect(tensors.get('n')!.data).toEqual(BigInt64Array.of(-3n));
    expect([...(tensors.get('half')!.data as Float32Array)]).toEqual([1, -2, 65504, 2 ** -24, Infinity, NaN]);
    expect(tensors.get('brain')!.data).toEqual(Float32Array.of(1, -3.140625));
  });

  test('others are listed, and refused by name when their values are asked for', async () => {
    await writeFile(
      path,
      assemble({ d: { dtype: 'F64', shape: [1], data_offsets: [0, 8] } }, new Uint8Array(8)),
    );
    expect((await readSafetensorsHeader(path)).tensors.get('d')).toMatchObject({ dtype: 'F64', shape: [1] });
    await expect(readSafetensors(path)).rejects.toThrow(
      /'d' has dtype F64, but only F32, F16, BF16, I32, I64, U8 can be read/,
    );
  });
});

test.each([
  ['null', '{"__metadata__":null,"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'],
  ['not there', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'],
])('metadata that is %s is no metadata', async (_, header) => {
  await writeFile(path, assemble(header, Buffer.of(7)));
  const { metadata, tensors } = await readSafetensors(path);
  expect(metadata).toEqual({});
  expect(tensors.get('a')!.data).toEqual(Uint8Array.of(7));
});

describe('values that are not numbers', () => {
  const broken = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  const names = fc.constantFrom('a', 'b.c', 'lora_unet_mid.alpha');
  const floats = fc.dictionary(
    names,
    fc.record({
      dtype: fc.constantFrom('F32' as const, 'F16' as const, 'BF16' as const),
      values: fc.array(fc.constantFrom<number[]>(0, -1.5, 0.25, 57344), { minLength: 1, maxLength: 5 }),
    }),
    { minKeys: 1 },
  );

  test('are refused wherever they are, whatever float holds them, with file, tensor and remedy', async () => {
    await fc.assert(
      fc.asyncProperty(floats, broken, fc.nat(), fc.nat(), async (tensors, value, which, where) => {
        const file = Object.entries(tensors).map(([name, { dtype, values }]) => ({
          name,
          tensor: { dtype, shape: [values.length], values: [...values] },
        }));
        const write = () =>
          writeForeignFile(path, Object.fromEntries(file.map(({ name, tensor }) => [name, tensor])));
        write();
        expect((await readSafetensors(path)).tensors.size).toBe(file.length);
        const { name, tensor } = file[which % file.length]!;
        tensor.values[where % tensor.values.length] = value;
        write();
        await expect(readSafetensors(path, { remedy: 'Train again.' })).rejects.toThrow(
          new UserError('not-finite', `${path}: tensor '${name}' has a value that is ${value}. Train again.`),
        );
        const { data } = (await readSafetensors(path, { notFinite: 'keep' })).tensors.get(name)!;
        expect([...(data as Float32Array)]).toEqual(tensor.values);
      }),
      { numRuns: 60 },
    );
  });

  test('are not written either, and the file before them is kept', async () => {
    await writeSafetensors(path, { kept: { shape: [1], data: Float32Array.of(5) } });
    const data = Float32Array.of(1, Number.NaN);
    await expect(writeSafetensors(path, { new: { shape: [2], data } })).rejects.toThrow(
      `${path}: tensor 'new' has a value that is NaN. The file is not written. Lower the learning rate`,
    );
    expect((await readSafetensors(path)).tensors.get('kept')!.data).toEqual(Float32Array.of(5));
  });
});

describe('unsound files are refused with the reason', () => {
  const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => {
    return { dtype: 'F32', shape, data_offsets: [begin, end] };
  };
  const huge = Buffer.alloc(16);
  huge.writeBigUInt64LE(2n ** 40n);
  const cases: [string, Buffer, RegExp][] = [
    ['empty', Buffer.alloc(0), /only 0 bytes long/],
    [
      'a header longer than the limit',
      huge,
      /header would be 1099511627776 bytes, but the limit is 100000000/,
    ],
    ['a header cut short', assemble({ a: f32(0, 4) }).subarray(0, 20), /truncated: its header ends at byte/],
    ['a file of zeros', Buffer.alloc(2000), /its first 8 bytes are 0, so it has no header\. Make/],
    ['no JSON', assemble('{"a": '), /header is not JSON/],
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.of(0xff, 0xfe)]),
      /not JSON/,
    ],
    ['JSON but no object', assemble('[1]'), /not a JSON object/],
    [
      'an unknown dtype',
      assemble({ a: { ...f32(0, 4), dtype: 'Q4' } }, Buffer.alloc(4)),
      /tensor 'a': dtype/,
    ],
    ['a negative side', assemble({ a: f32(0, 4, [-1]) }, Buffer.alloc(4)), /tensor 'a': shape/],
    ['a fraction as offset', assemble({ a: f32(0, 0.5) }, Buffer.alloc(4)), /tensor 'a'/],
    ['an entry that is no object', assemble({ a: 3 }), /tensor 'a'/],
    ['metadata that is no object', assemble({ __metadata__: [] }), /__metadata__ is not an object of texts/],
    [
      'metadata with a number',
      assemble({ __metadata__: { format: 'pt', step: 1200 } }),
      /__metadata__ has the value 1200 for step, which is not a text\. Save it with texts only: "step": "1200"\.$/,
    ],
    [
      'metadata with an object, too long to show',
      assemble({ __metadata__: { config: { rank: 'x'.repeat(500) } } }),
      /the value \{"rank":"x{51}… for config, which is not a text/,
    ],
    ['metadata with null', assemble({ __metadata__: { hash: null } }), /the value null for hash, which/],
    [
      'a tensor twice',
      assemble(`{"a":${JSON.stringify(f32(0, 4))},"a":${JSON.stringify(f32(0, 4))}}`, Buffer.alloc(4)),
      /its header has the key 'a' twice/,
    ],
    [
      'a tensor twice, once escaped',
      assemble(`{"a":${JSON.stringify(f32(0, 4))},"\\u0061" :${JSON.stringify(f32(4, 8))}}`, Buffer.alloc(8)),
      /its header has the key 'a' twice/,
    ],
    ['metadata twice', assemble('{"__metadata__":{},"__metadata__":{}}'), /the key '__metadata__' twice/],
    ['a shape twice', assemble('{"a":{"shape":[1],"shape":[2]}}'), /the key 'shape' twice/],
    [
      'a byte-order mark',
      assemble('\ufeff{}'),
      /its header is not JSON \(it begins with a byte-order mark\)/,
    ],
    [
      'a web page',
      Buffer.from('\n <!DOCTYPE html><html><title>404</title></html>'),
      /it is a web page\. Download the file itself\.$/,
    ],
    ['a web page that begins as XML', Buffer.from('<?xml version="1.0"?><html/>'), /it is a web page\./],
    [
      'a git-lfs pointer',
      Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n'),
      /it is a git-lfs pointer\. Download the file itself \(git lfs pull\)\.$/,
    ],
    [
      'a PyTorch archive',
      Buffer.concat([Buffer.from('PK\x03\x04\0\0\x08\x08\0\0archive/data.pkl'), Buffer.alloc(600)]),
      /it is a PyTorch archive or another zip file\. Convert it to safetensors with the tool that made it\.$/,
    ],
    [
      'a pickle',
      Buffer.from('\x80\x02}q\0(X\x06\0\0\0weightq\x01.', 'latin1'),
      /it is a PyTorch file \(pickle\)\. Convert/,
    ],
    ['an answer in JSON', Buffer.from('{"error":"Repository not found"}'), /it is JSON text\. Download/],
    ['an answer in words', Buffer.from('Entry not found\n'), /it is text \("Entry not found"\)\. Download/],
    ['a text of Windows', Buffer.from('\ufeffmißlungen', 'utf16le'), /it is text \("mißlungen"\)/],
    [
      'a shape that does not fit',
      assemble({ a: f32(0, 8, [3]) }, Buffer.alloc(8)),
      /needs 12 bytes, but its offsets span 8/,
    ],
    [
      'a shape beyond all numbers',
      assemble({ a: f32(0, 8, [2 ** 50, 2 ** 50]) }, Buffer.alloc(8)),
      /tensor 'a'.*span 8/,
    ],
    [
      'overlapping tensors',
      assemble({ a: f32(0, 8), b: f32(4, 12) }, Buffer.alloc(12)),
      /'b' overlaps tensor 'a'/,
    ],
    [
      'the same bytes twice',
      assemble({ a: f32(0, 8), b: f32(0, 8) }, Buffer.alloc(8)),
      /'b' overlaps tensor 'a'/,
    ],
    [
      'a gap',
      assemble({ a: f32(0, 4), b: f32(8, 12) }, Buffer.alloc(12)),
      /4 unused bytes before tensor 'b'/,
    ],
    ['data cut short', assemble({ a: f32(0, 8) }, Buffer.alloc(7)), /truncated: its tensors end at byte/],
    ['data left over', assemble({ a: f32(0, 8) }, Buffer.alloc(9)), /1 bytes too many/],
  ];
  test.each(cases)('%s', async (_, bytes, reason) => {
    await writeFile(path, bytes);
    const error = await readSafetensors(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(reason);
    expect((error as Error).message).toContain(path);
  });

  test('any prefix of a sound file', async () => {
    await writeSafetensors(path, { a: { shape: [2], data: Float32Array.of(1, 2) } }, { b: 'c' });
    const whole = await readFile(path);
    for (let length = 0; length < whole.length; length++) {
      await writeFile(path, whole.subarray(0, length));
      await expect(readSafetensors(path)).rejects.toThrow(UserError);
    }
  });

  test('any flipped byte of the header is refused or read as a header, never a crash', async () => {
    await writeSafetensors(path, { a: { shape: [2], data: Float32Array.of(1, 2) } }, { b: 'c' });
    const whole = await readFile(path);
    for (let at = 0; at < whole.length - 8; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x15;
      await writeFile(path, damaged);
      const outcome = await readSafetensors(path).catch((thrown: unknown) => thrown);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(UserError);
    }
  });

  test('a missing file, a broken link and a folder', async () => {
    await expect(readSafetensors(join(folder, 'none'))).rejects.toThrow(
      /none: cannot be opened: there is no such file or folder\. Make or copy it again\.$/,
    );
    await symlink('/nowhere', join(folder, 'link'));
    await expect(readSafetensors(join(folder, 'link'))).rejects.toThrow(
      /link: cannot be opened: there is no such file or folder\. Remove the link, or download the file again\.$/,
    );
    await expect(readSafetensors(folder)).rejects.toThrow(UserError);
    expect((await stat(folder)).isDirectory()).toBe(true);
  });
});
