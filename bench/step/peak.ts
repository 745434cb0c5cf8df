/**
 * The machine's peak rate through the same runtime: the better of a large matrix product and of a convolution with a
 * constant filter, which takes the runtime's blocked path. Prints {"gflops": n, "product": n, "convolution": n}.
 */

import type * as Ort from 'onnxruntime-node';
import { selectDevice } from '../../src/compute/devices.ts';
import { OnnxGraph } from '../../src/compute/onnx/onnx-graph.ts';
import { ort } from '../../src/compute/onnx/runtime.ts';
import { createDeviceSession } from '../../src/compute/onnx/session.ts';
import type { DeviceName } from '../../src/compute/types.ts';
import { median } from './statistics.ts';

const [name, threads] = process.argv.slice(2) as [DeviceName, string];
const runs = 9;
/** A GPU needs a larger problem to be busy. */
const side = name === 'cpu' ? 1024 : 4096;
const channels = 256;
const pixels = 64;

const device = await selectDevice(name, Number(threads));
const values = (count: number) => Float32Array.from({ length: count }, (_, index) => Math.sin(index));

/** Fetches the sum instead of the result, so that copying the result is not measured. */
function summed(graph: OnnxGraph, value: string): OnnxGraph {
  graph.output('sum', graph.add('ReduceSum', [value], { keepdims: { int: 0 } }), 'float32', []);
  return graph;
}

async function gigaflopsOf(graph: OnnxGraph, feeds: Record<string, Ort.Tensor>, operations: number) {
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
    // Only one row of the left side is fed, the rest is on the device, so that uploading all of it is not measured.
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
