/** Checks of what every pass may rely on. */
import { sizeOf } from '../layout.ts';
import {
  CONSTANT,
  type Constant,
  type Dtype,
  type GraphNode,
  INPUT,
  isSource,
  type KernelGraph,
  type KernelNode,
  PARAMETER,
  resultsOf,
  type StepGraph,
  type TensorType,
} from './graph.ts';
import { nodeText, typeText } from './print.ts';

export interface VerifyOptions {
  /** Types of a call's outputs by its kernel's rule. */
  readonly infer: (node: KernelNode, inputs: readonly TensorType[]) => readonly TensorType[];
  /** Whether the graph may hold nodes that no output and no gradient needs. */
  readonly deadAllowed: boolean;
}

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } satisfies Record<
  Dtype,
  unknown
>;

function broken(graph: KernelGraph, node: GraphNode, reason: string): Error {
  return new Error(`${reason}\n  ${nodeText(graph, node)}`);
}

/** What is wrong with a constant's values; undefined where they fit its type. */
function wrongConstant(constant: Constant, { shape, dtype }: TensorType): string | undefined {
  if ('uniform' in constant) return undefined;
  const { data } = constant;
  if (!(data instanceof ARRAYS[dtype])) {
    return `A constant of type ${dtype} is held in an ${(data as object).constructor.name}.`;
  }
  return data.length === sizeOf(shape)
    ? undefined
    : `A constant of shape [${shape}] holds ${data.length} values.`;
}

function sameTypes(found: readonly TensorType[], wanted: readonly TensorType[]): boolean {
  return typesText(found) === typesText(wanted);
}

function typesText(types: readonly TensorType[]): string {
  return types.map(({ dtype, shape }) => typeText(dtype, shape)).join(', ');
}

/**
 * Checks that every value is defined once, before its use; that types are those that the kernels' rules infer; that
 * constants fit their types and sources have names of their own; that everything the step returns is defined; and
 * unless `deadAllowed`, that everything is needed.
 * @throws with the print of the node that breaks a rule
 */
export function verifyStep(step: StepGraph, { infer, deadAllowed }: VerifyOptions): void {
  const { graph } = step;
  const defined = new Set<number>();
  const names = new Set<string>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      if (!defined.has(input)) throw broken(graph, node, `%${input} is used before it is defined.`);
    }
    for (const output of node.outputs) {
      if (defined.has(output)) throw broken(graph, node, `%${output} is defined twice.`);
      if (!graph.types[output]) throw broken(graph, node, `%${output} has no type.`);
      if (graph.producer(output) !== node) {
        throw broken(graph, node, `%${output} belongs to another node.`);
      }
      defined.add(output);
    }
    verifyNode(graph, node, infer);
    if (node.kernel === PARAMETER || node.kernel === INPUT) {
      const name = `${node.kernel} ${node.attrs.name}`;
      if (names.has(name)) throw broken(graph, node, 'An earlier node has this name.');
      names.add(name);
    }
  }
  verifyResults(step, defined);
  if (!deadAllowed) verifyNoDead(step);
}

function verifyNode(graph: KernelGraph, node: GraphNode, infer: VerifyOptions['infer']): void {
  const types = node.outputs.map((output) => graph.type(output));
  if (isSource(node)) {
    if (node.inputs.length > 0) throw broken(graph, node, 'A source of values has inputs.');
    const wrong = node.kernel === CONSTANT ? wrongConstant(node.attrs.constant, types[0]!) : undefined;
    if (wrong) throw broken(graph, node, wrong);
    return;
  }
  let wanted: readonly TensorType[];
  try {
    wanted = infer(
      node,
      node.inputs.map((input) => graph.type(input)),
    );
  } catch (error) {
    throw broken(graph, node, `Its types cannot be inferred: ${(error as Error).message}`);
  }
  if (!sameTypes(types, wanted)) {
    throw broken(graph, node, `The rule of ${node.kernel} infers ${typesText(wanted)}.`);
  }
}

function verifyResults({ outputs, gradients }: StepGraph, defined: ReadonlySet<number>): void {
  const results = [
    ...[...outputs].map(([name, value]) => [`output ${name}`, value] as const),
    ...[...gradients].flatMap(([group, values]) =>
      [...values].map(([name, value]) => [`gradient ${group}/${name}`, value] as const),
    ),
  ];
  for (const [name, value] of results) {
    if (!defined.has(value)) throw new Error(`The ${name} is %${value}, which no node defines.`);
  }
}

function verifyNoDead(step: StepGraph): void {
  const needed = new Set([...resultsOf(step), ...step.graph.nodes.flatMap(({ inputs }) => inputs)]);
  for (const node of step.graph.nodes) {
    if (!node.outputs.some((output) => needed.has(output))) {
      throw broken(step.graph, node, 'Nothing needs this node.');
    }
  }
}
