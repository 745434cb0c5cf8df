/** A readable, stable print of an ONNX graph. */
import { attributesText, dataText, typeText } from '../graph/print.ts';
import type { OnnxAttribute, OnnxGraph, OnnxNode } from './onnx-graph.ts';

/** What is known about an ONNX value beside its name: the graph itself knows the extents of its ends only. */
export interface ValueNote {
  readonly dtype: string;
  /** Extents in memory. */
  readonly dims: readonly number[];
  /** Memory order; absent where it is that of the tfjs value. */
  readonly layout?: 'nchw';
  /** The tfjs value that it holds, such as `%12`. */
  readonly value: string;
}

function plainAttributes(attributes: Readonly<Record<string, OnnxAttribute>>): object {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [name, Object.values(attribute)[0]]),
  );
}

/** One line: the outputs with what is known about them, and the operator that computes them. */
export function onnxNodeText(
  { op, domain, inputs, outputs, attributes, origin }: OnnxNode,
  notes: ReadonlyMap<string, ValueNote> = new Map(),
): string {
  const results = outputs.map((name) => {
    const note = notes.get(name);
    if (!note) return name;
    return `${name}: ${typeText(note.dtype, note.dims)}${note.layout ? ` ${note.layout}` : ''}`;
  });
  const held = outputs.flatMap((name) => notes.get(name)?.value ?? []);
  const operator = domain ? `${domain}.${op}` : op;
  const call = `${operator}(${inputs.join(', ')})${attributesText(plainAttributes(attributes))}`;
  return `${results.join(', ')} = ${call}  # ${[origin, ...held].join(' ')}`;
}

/**
 * The whole graph: inputs, constants and nodes, one per line, then its outputs.
 * @param notes by the names of the values that stand for tfjs values
 */
export function printOnnx(graph: OnnxGraph, notes: ReadonlyMap<string, ValueNote> = new Map()): string {
  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const constants = [...graph.initializers.values()].filter(({ name }) => used.has(name));
  return [
    ...graph.inputs.map(({ name, dtype, dims }) => `${name}: ${typeText(dtype, dims)} = input`),
    ...constants.map(
      ({ name, dtype, dims, data }) => `${name}: ${typeText(dtype, dims)} = constant ${dataText(data)}`,
    ),
    ...graph.nodes.map((node) => onnxNodeText(node, notes)),
    'outputs:',
    ...graph.outputs.map(({ name, dtype, dims }) => `  ${name}: ${typeText(dtype, dims)}`),
  ].join('\n');
}
