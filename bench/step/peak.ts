/**
 * What the machine can do through the same runtime: the better of a large matrix product and of a convolution whose
 * filter is constant, which takes the runtime's blocked path. Prints {"gflops": n, "product": n, "convolution": n}.
 */
import * as ort from 'onnxruntime-node';
import { selectDevice } from '../../src/compute/devices.ts';
import { OnnxGraph } from '../../src/compute/onnx/onnx-graph.ts';
import { createDeviceSession } from '../../src/compute/onnx/session.ts';
import type { DeviceName } from '../../src/compute/types.ts';
import { median } from './statistics.ts';

const [name, threads] = process.argv.slice(2) as [DeviceName, string];
const runs = 9;
/** A GPU needs more to do. */
const side = name === 'cpu' ? 1024 : 4096;
const channels = 256;
const pixels = 64;

const device = await selectDevice(name, Number(threads));
const values = (count: number) => Float32Array.from({ length: count }, (_, index) => Math.sin(index));

/** The sum is fetched instead of the result, whose copy is not what is measured. */
function summed(graph: OnnxGraph, value: string): OnnxGraph {
  graph.output('sum', graph.add('ReduceSum', [value], { keepdims: { int: 0 } }), 'float32', []);
  return graph;
}

async function gigaflopsOf(graph: OnnxGraph, feeds: Record<string, ort.Tensor>, operations: number) {
  const { session } = await createDeviceSession(graph, 'peak', device);
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await session.run(feeds);
    times.push(performance.now() - start);
  }
  await session.release();
  return operations / 1e6 / median(times.slice(2));
}

const matrix = values(side * side);
const product = new OnnxGraph();
summed(
  product,
  product.add('MatMul', [
    // One row of the left side is fed, the rest is on the device: uploading all of it is not what is measured.
    product.add('Add', [
      product.initializer('float32', [side, side], matrix),
      product.input('a', 'float32', [1, side]),
    ]),
    product.initializer('float32', [side, side], matrix),
  ]),
);
const convolution = new OnnxGraph();
summed(
  convolution,
  convolution.add(
    'Conv',
    [
      convolution.input('x', 'float32', [1, channels, pixels, pixels]),
      convolution.initializer('float32', [channels, channels, 3, 3], values(channels * channels * 9)),
    ],
    { pads: { ints: [1, 1, 1, 1] } },
  ),
);
const a = new ort.Tensor('float32', values(side), [1, side]);
const x = new ort.Tensor('float32', values(channels * pixels * pixels), [1, channels, pixels, pixels]);
const rates = {
  product: await gigaflopsOf(product, { a }, 2 * side ** 3),
  convolution: await gigaflopsOf(convolution, { x }, 2 * 9 * channels ** 2 * pixels ** 2),
};
process.stdout.write(`${JSON.stringify({ ...rates, gflops: Math.max(rates.product, rates.convolution) })}\n`);
