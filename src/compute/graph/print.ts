/**
 * A readable, stable print of a traced step: the same graph gives the same text, and the same hash of it, on every
 * machine.
 */
import { createHash } from 'node:crypto';
import {
  bytesOf,
  CONSTANT,
  type Constant,
  type GraphNode,
  INPUT,
  type KernelGraph,
  PARAMETER,
  type StepGraph,
  type TensorType,
  type ValueId,
} from './graph.ts';

/** Constants of up to this many values are printed in full. */
const SHORT = 8;
/** Hexadecimal digits of a printed hash. */
const HASH_DIGITS = 12;

type PrintableData = Float32Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array;

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, HASH_DIGITS);
}

/** The shortest decimal that is this number in float32. */
function float32Text(value: number): string {
  const rounded = Math.fround(value);
  if (Object.is(rounded, -0)) return '-0';
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(rounded.toPrecision(digits));
    if (Math.fround(shorter) === rounded) return String(shorter);
  }
  return String(rounded);
}

/** A tensor's type, such as `float32[2,64,24,24]`. */
export function typeText(dtype: string, shape: readonly (number | string)[]): string {
  return `${dtype}[${shape.join()}]`;
}

/** The values of a constant tensor: in full where they are few, else how many, from where to where, and a hash. */
export function dataText(data: PrintableData): string {
  const text = (value: number | bigint) =>
    data instanceof Float32Array ? float32Text(value as number) : String(value);
  if (data.length <= SHORT) return `[${Array.from<number | bigint, string>(data, text).join()}]`;
  let [min, max] = [data[0]!, data[0]!];
  for (const value of data) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return `{count: ${data.length}, min: ${text(min)}, max: ${text(max)}, hash: ${hashOf(bytesOf(data))}}`;
}

/** Attributes in alphabetical order, such as ` {pad: "same", strides: [1,1]}`; empty where there are none. */
export function attributesText(attrs: object): string {
  const entries = Object.entries(attrs)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}: ${attributeText(value)}`);
  return entries.length > 0 ? ` {${entries.join(', ')}}` : '';
}

function attributeText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return Array.isArray(value) ? `[${value.map(attributeText).join()}]` : String(value);
}

function constantText(constant: Constant, type: TensorType | undefined): string {
  if ('data' in constant) return `constant ${dataText(constant.data)}`;
  const { uniform } = constant;
  return `fill(${type?.dtype === 'float32' ? float32Text(uniform) : uniform})`;
}

/** One line: the outputs with their types, and where they come from. */
export function nodeText(graph: KernelGraph, node: GraphNode): string {
  const type = (value: ValueId) => graph.types[value];
  const outputs = node.outputs.map((value) => {
    const known = type(value);
    return `%${value}: ${known ? typeText(known.dtype, known.shape) : '?'}`;
  });
  return `${outputs.join(', ')} = ${sourceText(node, type(node.outputs[0]!))}`;
}

function sourceText(node: GraphNode, type: TensorType | undefined): string {
  switch (node.kernel) {
    case PARAMETER:
      return `parameter ${node.attrs.name}`;
    case INPUT:
      return `input ${node.attrs.name}`;
    case CONSTANT:
      return constantText(node.attrs.constant, type);
    default: {
      const inputs = node.inputs.map((input) => `%${input}`).join(', ');
      return `${node.kernel}(${inputs})${attributesText(node.attrs)}  # ${node.phase}`;
    }
  }
}

function bodyText({ graph, outputs, gradients }: StepGraph): string {
  const results = (title: string, values: Iterable<readonly [string, ValueId]>) => {
    const lines = [...values].map(([name, value]) => `  ${name}: %${value}`);
    return lines.length > 0 ? [title, ...lines] : [];
  };
  const gradientValues = [...gradients].flatMap(([group, values]) =>
    [...values].map(([name, value]) => [`${group}/${name}`, value] as const),
  );
  return [
    ...graph.nodes.map((node) => nodeText(graph, node)),
    ...results('outputs:', outputs),
    ...results('gradients:', gradientValues),
  ].join('\n');
}

/** The hash of a step's graph that its print ends with: equal for equal graphs, on every machine. */
export function stepHash(step: StepGraph): string {
  return hashOf(bodyText(step));
}

/** The whole graph, one line per node, then what the step returns and the hash of all that. */
export function printStep(step: StepGraph): string {
  const body = bodyText(step);
  return `${body}\nhash: ${hashOf(body)}`;
}
