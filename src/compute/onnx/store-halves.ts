import { numberToHalf } from '../../data/number-formats.ts';
import type { OnnxGraph } from './onnx-graph.ts';

/** Constants with fewer values stay as they are: they would save nothing. */
const FEWEST = 64;

/** Stores a graph's large constants in half precision, and widens them before their first use. Runtimes do so once, at load. */
export function storeHalves(graph: OnnxGraph): void {
  for (const { name, dtype, dims, data } of [...graph.initializers.values()]) {
    if (dtype !== 'float32' || data.length < FEWEST) continue;
    const stored = `${name}/half`;
    graph.initializers.delete(name);
    graph.initializers.set(stored, {
      name: stored,
      dtype: 'float16',
      dims,
      data: Uint16Array.from(data as Float32Array, numberToHalf),
    });
    graph.nodes.unshift({
      op: 'Cast',
      inputs: [stored],
      outputs: [name],
      attributes: { to: { int: FLOAT32 } },
      origin: 'widen',
    });
  }
}

/** ONNX's number of the type. */
const FLOAT32 = 1;
