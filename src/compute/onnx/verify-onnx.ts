/** Checks of what ONNX Runtime relies on, with messages that show the node. */
import type { OnnxGraph } from './onnx-graph.ts';
import { onnxNodeText } from './print-onnx.ts';

/**
 * Checks that every value is defined once, before its use, and that every output is defined.
 * @throws with the print of the node that breaks a rule
 */
export function verifyOnnx({ nodes, inputs, outputs, initializers }: OnnxGraph): void {
  // The empty name leaves an optional input out.
  const defined = new Set([...inputs.map(({ name }) => name), ...initializers.keys(), '']);
  for (const node of nodes) {
    for (const input of node.inputs) {
      if (!defined.has(input)) {
        throw new Error(`${input} is used before it is defined.\n  ${onnxNodeText(node)}`);
      }
    }
    for (const output of node.outputs) {
      if (defined.has(output)) throw new Error(`${output} is defined twice.\n  ${onnxNodeText(node)}`);
      defined.add(output);
    }
  }
  for (const { name } of outputs) {
    if (!defined.has(name)) throw new Error(`No node defines the output ${name}.`);
  }
}
