import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { beforeAll, expect, test } from 'vitest';
import { refuseUnsafeModel, UnsafeModelError } from '../../../src/compute/onnx/model-safety.ts';
import { writeMeanColors } from '../../pipeline/metrics/feature-models.ts';
import { temporaryFolder } from '../../temporary-folders.ts';

type Part = string | Uint8Array;
/** A message of fields that have a length, by onnx.proto's numbers. */
function message(...fields: [number, Part][]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [number, value] of fields) {
    writer.uint32((number << 3) | 2);
    if (typeof value === 'string') writer.string(value);
    else writer.bytes(value);
  }
  return writer.finish();
}
const node = (op: string, domain = '', ...attributes: Uint8Array[]) =>
  message([4, op], [7, domain], ...attributes.map((attribute) => [5, attribute] as [number, Part]));
const graph = (...fields: [number, Part][]) => message(...fields);
const model = (inner: Uint8Array, ...functions: Uint8Array[]) =>
  message([7, inner], ...functions.map((one) => [25, one] as [number, Part]));
const external = (location: string) => message([8, 'w'], [13, message([1, 'location'], [2, location])]);

let folder: string;
let outside: string;
beforeAll(() => {
  outside = temporaryFolder();
  folder = join(temporaryFolder(), 'model');
  mkdirSync(join(folder, 'parts'), { recursive: true });
  for (const path of [join(folder, 'parts', 'w.bin'), join(outside, 'w.bin'), join(folder, '..', 'w.bin')]) {
    writeFileSync(path, 'weights');
  }
  symlinkSync(join(outside, 'w.bin'), join(folder, 'link.bin'));
  symlinkSync(outside, join(folder, 'elsewhere'));
});

function check(bytes: Uint8Array | string, name = 'net.onnx'): Promise<void> {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return refuseUnsafeModel(file);
}

test('a model of the runtime’s own operators, with weights beside it, is let through', async () => {
  writeMeanColors(join(folder, 'mean.onnx'), [-1, 3, 8, 8]);
  await refuseUnsafeModel(join(folder, 'mean.onnx'));
  await check(
    model(
      graph([1, node('Relu', 'ai.onnx')], [1, node('Gelu', 'com.microsoft')], [5, external('parts/w.bin')]),
    ),
  );
  const own = message([10, 'own.functions'], [7, node('Relu')]);
  await check(model(graph([1, node('MyRelu', 'own.functions')]), own));
});

test.each([
  ['a node', () => graph([1, node('Evil', 'custom')])],
  ['a branch of a node', () => graph([1, node('If', '', message([6, graph([1, node('Evil', 'custom')])]))])],
  [
    'one of several graphs',
    () => graph([1, node('If', '', message([11, graph([1, node('Evil', 'custom')])]))]),
  ],
])('an operator of another library is refused in %s', async (_, inner) => {
  await expect(check(model(inner()))).rejects.toThrow(
    /needs the operator custom:Evil, which is code from elsewhere/,
  );
});

test('so is one in a function of the model, and one that loads a compiled part', async () => {
  const own = message([10, 'own'], [7, node('Evil', '\u202ecustom')]);
  await expect(check(model(graph(), own))).rejects.toThrow('needs the operator \\u202ecustom:Evil, ');
  await expect(check(model(graph([1, node('EPContext', 'com.microsoft')])))).rejects.toThrow(/EPContext/);
});

const HOSTILE = [
  '../w.bin',
  'parts/../../w.bin',
  'parts\\..\\..\\w.bin',
  '/etc/hostname',
  'C:\\windows\\win.ini',
  'C:w.bin',
  '\\\\server\\share\\w.bin',
  'link.bin',
  'elsewhere/w.bin',
  'parts',
  'parts/w.bin\0',
  'missing.bin',
  '*/_ORT_MEM_ADDR_/*',
  '',
];

test.each(HOSTILE)('weights in %j are refused, wherever the tensor is', async (location) => {
  const tensor = external(location);
  const places = [
    graph([5, tensor]),
    graph([15, message([1, tensor])]),
    graph([1, node('Constant', '', message([5, tensor]))]),
    graph([1, node('If', '', message([6, graph([5, tensor])]))]),
  ];
  for (const place of places) {
    await expect(check(model(place))).rejects.toThrow(
      /which is not a file in its own folder\. Put the file beside/,
    );
  }
});

test.each([
  ['net.pt', 'PK\x03\x04 archive', /it is a PyTorch archive or another zip file, not an ONNX model\. Export/],
  ['net.ckpt', '\x80\x02}q\x00', /it is a PyTorch file \(pickle\), not an ONNX model\. Export/],
  ['net.onnx', '<html>', /it is a web page, not an ONNX model/],
])('%s that is something else is refused by what it is', async (name, text, reason) => {
  await expect(check(Buffer.from(text, 'latin1'), name)).rejects.toThrow(reason);
});

test('a graph nested without end, and damaged bytes, are refused as such or let through to the runtime', async () => {
  let deep = graph();
  for (let i = 0; i < 2000; i++) deep = graph([1, node('If', '', message([6, deep]))]);
  await expect(check(model(deep))).rejects.toThrow(/nested more than 64 deep/);
  const whole = model(graph([1, node('Relu')], [5, external('parts/w.bin')]));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length - 1),
      fc.nat(255),
      fc.nat(whole.length),
      async (at, byte, length) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] = byte;
        await check(damaged.subarray(0, length)).catch((error) =>
          expect(error).toBeInstanceOf(UnsafeModelError),
        );
      },
    ),
    { numRuns: 500 },
  );
});
