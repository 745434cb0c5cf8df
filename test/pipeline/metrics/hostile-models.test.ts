import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OnnxGraph } from '../../../src/compute/onnx/onnx-graph.ts';
import { writeModel } from '../../../src/compute/onnx/onnx-writer.ts';
import { withFeatureNetwork } from '../../../src/pipeline/metrics/feature-network.ts';
import { temporaryFolder } from '../../temporary-folders.ts';
import { writeMeanColors } from './feature-models.ts';
import { imagesInMemory } from './images-in-memory.ts';

const folder = temporaryFolder();
const file = join(folder, 'network.onnx');

const shaped = (...shape: number[]) => writeMeanColors(file, shape);
/** A good model of two nodes, changed. The last byte of its file is the opset's number. */
function changed(change: (bytes: Buffer) => Buffer): void {
  const graph = new OnnxGraph();
  const pixels = graph.input('pixels', 'float32', [-1, 3, 8, 8]);
  const rectified = graph.add('Relu', [graph.add('Relu', [pixels], {})], {});
  graph.output('features', rectified, 'float32', [-1, 3, 8, 8]);
  writeFileSync(file, change(Buffer.from(writeModel(graph, { name: 'features' }))));
}
const renamed = (from: RegExp, to: string) =>
  changed((bytes) => Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1'));
const opset = (number: number) =>
  changed((bytes) => {
    bytes[bytes.length - 1] = number;
    return bytes;
  });
function cut(length: number): void {
  shaped(-1, 3, 8, 8);
  writeFileSync(file, readFileSync(file).subarray(0, length));
}

test.each<[string, () => void, RegExp]>([
  ['nothing', () => cut(0), /it is empty\. Export/],
  ['one byte', () => cut(1), /not a whole ONNX model/],
  ['its half', () => cut(120), /not a whole ONNX model/],
  ['all but the last byte', () => cut(-1), /not a whole ONNX model/],
  ['a height of 0', () => shaped(-1, 3, 0, 8), /with fixed height, width/],
  ['a negative height', () => shaped(-1, 3, -8, 8), /with fixed height, width/],
  [
    'a side of 1,000,000,000',
    () => shaped(-1, 3, 1e9, 1e9),
    /one batch would have \d+ numbers, and at most 268435456 fit/,
  ],
  ['a side of 40,000', () => shaped(-1, 3, 40_000, 40_000), /one batch would have \d+ numbers/],
  ['a batch of 1,000,000,000', () => shaped(1e9, 3, 8, 8), /one batch would have \d+ numbers/],
  ['a node that needs what nothing makes', () => renamed(/pixels/, 'mixels'), /cannot open it: .*mixels/],
  ['opset 0', () => opset(0), /cannot open it: .*No Op registered/],
  ['an opset that there is not yet', () => opset(99), /cannot open it: .*Opset 99 /s],
])('a network with %s is refused in words', async (_, make, reason) => {
  make();
  const conventions = { resize: 'area', range: '0..1' } as const;
  const device = { device: 'cpu', threads: 1 } as never;
  const asked = withFeatureNetwork(file, conventions as never, device, (network) =>
    network.features(imagesInMemory(new Float32Array(8 * 8 * 3), 8)),
  );
  await expect(asked).rejects.toMatchObject({ name: 'UserError', message: expect.stringMatching(reason) });
  // No place in the runtime's own source.
  await expect(asked).rejects.not.toThrow(/\.(cc|h|hpp):\d+|onnxruntime_src|\.\. /);
});
