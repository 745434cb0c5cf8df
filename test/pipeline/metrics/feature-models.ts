import { writeFileSync } from 'node:fs';
import { OnnxGraph } from '../../../src/compute/onnx/onnx-graph.ts';
import { writeModel } from '../../../src/compute/onnx/onnx-writer.ts';

/**
 * Writes a feature network in ONNX form: the mean of each color, [N, 3].
 * @param shape of its input
 */
export function writeMeanColors(path: string, shape: readonly number[]): void {
  const graph = new OnnxGraph();
  const image = graph.input('pixels', 'float32', shape);
  const axes = shape[1] === 3 ? [2, 3] : [1, 2];
  const means = graph.add('ReduceMean', [image], { axes: { ints: axes }, keepdims: { int: 0 } });
  graph.output('features', means, 'float32', [shape[0]!, 3]);
  writeGraph(path, graph);
}

export function writeGraph(path: string, graph: OnnxGraph): void {
  writeFileSync(path, writeModel(graph, { name: 'features' }));
}
