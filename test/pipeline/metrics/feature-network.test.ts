import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selectDevice } from '../../../src/compute/devices.ts';
import { OnnxGraph } from '../../../src/compute/onnx/onnx-graph.ts';
import type { DeviceReport } from '../../../src/compute/types.ts';
import { Random } from '../../../src/data/random.ts';
import { type ImageConventions, withFeatureNetwork } from '../../../src/pipeline/metrics/feature-network.ts';
import { UserError } from '../../../src/project/user-error.ts';
import { writeGraph, writeMeanColors } from './feature-models.ts';
import { imagesInMemory } from './images-in-memory.ts';

const CONVENTIONS: ImageConventions = { resize: 'bicubic', range: '0..255' };
const SIZE = 8;
const VALUES = SIZE * SIZE * 3;

let folder: string;
let device: DeviceReport;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'feature-network-'));
  device = await selectDevice('cpu', 1);
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string) => join(folder, name);

/** Images of noise in [-1, 1]. */
function noise(count: number): Float32Array {
  const random = new Random(4);
  return Float32Array.from({ length: count * VALUES }, () => 2 * random.uniform() - 1);
}

/** Mean level from 0 to 255 of each color of each image, by definition. */
function meanLevels(images: Float32Array): number[] {
  const means = new Array<number>((images.length / VALUES) * 3).fill(0);
  images.forEach((value, i) => {
    means[3 * Math.floor(i / VALUES) + (i % 3)]! += Math.round((value + 1) * 127.5) / (SIZE * SIZE);
  });
  return means;
}

const features = (name: string, images: Float32Array, conventions = CONVENTIONS, size = SIZE) =>
  withFeatureNetwork(file(name), conventions, device, (network) =>
    network.features(imagesInMemory(images, size)),
  );

const close = (values: readonly number[], digits: number) =>
  values.map((value) => expect.closeTo(value, digits));

describe('features of images', () => {
  test.each([
    ['planes first, in batches of one', [1, 3, SIZE, SIZE]],
    ['planes first, in batches of four, the last filled up', [4, 3, SIZE, SIZE]],
    ['planes first, in batches of any size', [-1, 3, SIZE, SIZE]],
    ['colors last', [4, SIZE, SIZE, 3]],
  ])('are the network’s, for input with %s', async (_what, shape) => {
    writeMeanColors(file('means.onnx'), shape);
    const images = noise(10);
    const { rows, dims } = await features('means.onnx', images);
    expect(dims).toBe(3);
    expect([...rows]).toEqual(close(meanLevels(images), 2));
  });

  test.each([
    ['0..255', (level: number) => level],
    ['0..1', (level: number) => level / 255],
    ['-1..1', (level: number) => level / 127.5 - 1],
  ] as const)('take levels as %s', async (range, expected) => {
    writeMeanColors(file('means.onnx'), [2, 3, SIZE, SIZE]);
    const images = noise(2);
    const { rows } = await features('means.onnx', images, { resize: 'bilinear', range });
    expect([...rows]).toEqual(close(meanLevels(images).map(expected), 4));
  });

  test('are those of images resized to height and width, each where the input has it', async () => {
    // The network gives its input back: 3 planes of 4 rows and 6 columns.
    const graph = new OnnxGraph();
    graph.output('same', graph.input('pixels', 'float32', [1, 3, 4, 6]), 'float32', [1, 3, 4, 6]);
    writeGraph(file('same.onnx'), graph);
    // Red grows to the right, green downwards, blue not at all.
    const image = Float32Array.from({ length: 24 * 24 * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % 24, Math.floor(i / 3 / 24)];
      return [x / 12 - 1, y / 12 - 1, 0][i % 3]!;
    });
    const { rows, dims } = await features('same.onnx', image, CONVENTIONS, 24);
    expect(dims).toBe(72);
    const level = (plane: number, y: number, x: number) => rows[plane * 24 + y * 6 + x]!;
    for (let y = 1; y < 3; y++) {
      for (let x = 1; x < 5; x++) {
        expect(Math.abs(level(0, y, x) - 127.5 * ((4 * x + 1.5) / 12))).toBeLessThan(2);
        expect(Math.abs(level(1, y, x) - 127.5 * ((6 * y + 2.5) / 12))).toBeLessThan(2);
        expect(level(2, y, x)).toBeCloseTo(128, 3);
      }
    }
  });
});

describe('a network that cannot be used is refused, naming file, key and remedy', () => {
  const identity = (shape: readonly number[], dtype: 'float32' | 'int32' = 'float32') => {
    const graph = new OnnxGraph();
    graph.output('same', graph.input('pixels', dtype, shape), dtype, shape);
    return graph;
  };
  const ofTwo = () => {
    const graph = new OnnxGraph();
    const sum = graph.add(
      'Add',
      ['left', 'right'].map((name) => graph.input(name, 'float32', [1, 3, 8, 8])),
    );
    graph.output('sum', sum, 'float32', [1, 3, 8, 8]);
    return graph;
  };
  const withoutBatch = () => {
    const graph = new OnnxGraph();
    const image = graph.input('pixels', 'float32', [2, 3, SIZE, SIZE]);
    const mean = graph.add('ReduceMean', [image], { axes: { ints: [0] }, keepdims: { int: 1 } });
    graph.output('mean', mean, 'float32', [1, 3, SIZE, SIZE]);
    return graph;
  };
  test.each([
    ['of vectors', identity([1, 192]), /`pixels` is float32 \[1, 192\]; export it with a float32 input/],
    ['of whole numbers', identity([1, 3, 8, 8], 'int32'), /is int32 \[1, 3, 8, 8\]/],
    ['of open sizes', identity([1, 3, -1, -1]), /export it with fixed height, width and channels/],
    ['of gray images', identity([1, 1, 8, 8]), /no axis of 3 color channels/],
    ['of two images', ofTwo(), /one input, but this one has 2 \(left, right\)/],
    ['that mixes the images of a batch', withoutBatch(), /first output for 2 images is \[1,3,8,8\]/],
  ])('%s', async (_what, graph, reason) => {
    writeGraph(file('unfit.onnx'), graph);
    const refused = features('unfit.onnx', noise(2));
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(reason);
    await expect(refused).rejects.toThrow(/unfit\.onnx \(evaluate\.featureNetwork\.file\).*remove the key/);
  });

  test('that is not there', async () => {
    await expect(features('nowhere.onnx', noise(2))).rejects.toThrow(/nowhere\.onnx .*there is no such file/);
  });

  test('that is no model', async () => {
    writeFileSync(file('text.onnx'), 'no model');
    const refused = features('text.onnx', noise(2));
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(/text\.onnx .*it is text \("no model"\), not an ONNX model/);
  });
});
