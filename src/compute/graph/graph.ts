/**
 * The intermediate form between tfjs and ONNX: a flat list of tfjs kernel calls in static single
 * assignment. Nodes are interned when they are added, so equal calls are one node: a generator that is
 * traced once for its own loss and again for the discriminator's costs nothing the second time.
 */
import { createHash } from 'node:crypto';
import { sizeOf } from '../layout.ts';
import type { KernelAttributes, KernelName } from './kernel-types.ts';

export type Dtype = 'float32' | 'int32' | 'bool';

export interface TensorType {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
}

/** Index into `KernelGraph.types`. */
export type ValueId = number;

export type ConstantData = Float32Array | Int32Array | Uint8Array;

/** A constant tensor: all values equal, or an array of them. */
export type Constant = { readonly uniform: number } | { readonly data: ConstantData };

/** Node kinds that are not kernels of tfjs: where values come from. */
export const PARAMETER = '$parameter';
export const INPUT = '$input';
export const CONSTANT = '$constant';

/** Attributes of every kind of node. */
export interface Attributes extends KernelAttributes {
  readonly [PARAMETER]: { readonly name: string };
  readonly [INPUT]: { readonly name: string };
  readonly [CONSTANT]: { readonly constant: Constant };
}

export type NodeKind = keyof Attributes;

/** The half of a training step that first asked for a node. For profiles only: no rule depends on it. */
export type Phase = 'forward' | 'backward';

/** One call of a kernel, or a source of values. */
export interface NodeOf<Kind extends NodeKind> {
  readonly kernel: Kind;
  readonly phase: Phase;
  readonly inputs: readonly ValueId[];
  readonly attrs: Attributes[Kind];
  readonly outputs: readonly ValueId[];
}

/** A node of any kind; comparing `kernel` narrows the type of `attrs`. */
export type GraphNode = { readonly [Kind in NodeKind]: NodeOf<Kind> }[NodeKind];

/** A call of any kernel. */
export type KernelNode = { readonly [Name in KernelName]: NodeOf<Name> }[KernelName];

/** Whether a node is where a value comes from, not a kernel call. */
export function isSource(node: GraphNode): node is Exclude<GraphNode, KernelNode> {
  return node.kernel === PARAMETER || node.kernel === INPUT || node.kernel === CONSTANT;
}

export class KernelGraph {
  readonly types: TensorType[] = [];
  /** In an order in which every value is made before it is used. */
  readonly nodes: GraphNode[] = [];
  /** Phase of the nodes that are added from now on. */
  phase: Phase = 'forward';
  private readonly producers: GraphNode[] = [];
  private readonly interned = new Map<string, GraphNode>();

  /** Adds a call, or finds the equal one that is already there. */
  add<Kind extends NodeKind>(
    kernel: Kind,
    inputs: readonly ValueId[],
    attrs: Attributes[Kind],
    types: readonly TensorType[],
  ): readonly ValueId[] {
    const key = `${kernel}(${inputs.join()})${attributesText(attrs)}${JSON.stringify(types)}`;
    return this.intern(key, kernel, inputs, attrs, types);
  }

  /** Adds a constant tensor, or finds the equal one that is already there. */
  constant(constant: Constant, type: TensorType): ValueId {
    const value =
      'uniform' in constant
        ? String(constant.uniform)
        : createHash('sha1').update(bytesOf(constant.data)).digest('base64');
    const key = `${CONSTANT} ${value} ${JSON.stringify(type)}`;
    return this.intern(key, CONSTANT, [], { constant }, [type])[0]!;
  }

  type(value: ValueId): TensorType {
    return this.types[value]!;
  }

  producer(value: ValueId): GraphNode {
    return this.producers[value]!;
  }

  /** The constant behind a value, if it is one. */
  constantOf(value: ValueId): Constant | undefined {
    const node = this.producer(value);
    return node.kernel === CONSTANT ? node.attrs.constant : undefined;
  }

  /** The one number that a constant tensor is filled with, if it is. */
  uniformOf(value: ValueId): number | undefined {
    const constant = this.constantOf(value);
    return constant && 'uniform' in constant ? constant.uniform : undefined;
  }

  private intern<Kind extends NodeKind>(
    key: string,
    kernel: Kind,
    inputs: readonly ValueId[],
    attrs: Attributes[Kind],
    types: readonly TensorType[],
  ): readonly ValueId[] {
    let node = this.interned.get(key);
    if (!node) {
      const first = this.types.length;
      const outputs = types.map((_, index) => first + index);
      node = { kernel, phase: this.phase, inputs, attrs, outputs } as GraphNode;
      for (const type of types) {
        this.types.push(type);
        this.producers.push(node);
      }
      this.nodes.push(node);
      this.interned.set(key, node);
    }
    return node.outputs;
  }
}

/** The bytes of an array's values, without a copy. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** JSON that tells the infinities apart. */
function attributesText(attrs: object): string {
  return JSON.stringify(attrs, (_, value) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
}

/** A traced step: its graph, and which of the graph's values it returns. */
export interface StepGraph {
  readonly graph: KernelGraph;
  readonly outputs: ReadonlyMap<string, ValueId>;
  /** By group, then by parameter. */
  readonly gradients: ReadonlyMap<string, ReadonlyMap<string, ValueId>>;
}

/** Every value that a step returns. */
export function resultsOf({ outputs, gradients }: StepGraph): ValueId[] {
  return [...outputs.values(), ...[...gradients.values()].flatMap((group) => [...group.values()])];
}

/**
 * The same results in a graph that was rebuilt.
 * @param mapped the value of `graph` for each value of the step's graph
 */
export function withGraph(step: StepGraph, graph: KernelGraph, mapped: readonly ValueId[]): StepGraph {
  const map = (values: ReadonlyMap<string, ValueId>) =>
    new Map([...values].map(([name, value]) => [name, mapped[value]!]));
  return {
    graph,
    outputs: map(step.outputs),
    gradients: new Map([...step.gradients].map(([group, values]) => [group, map(values)])),
  };
}

/** Uniform where all values are equal: gradients fill large tensors with ones, which fold away. */
export function constantFrom(data: ConstantData): Constant {
  const first = data[0] ?? 0;
  for (let index = 1; index < data.length; index++) {
    if (data[index] !== first) return { data };
  }
  return { uniform: first };
}

/** The constant's values, row-major. */
export function constantValues(constant: Constant, type: TensorType): ConstantData {
  if ('data' in constant) return constant.data;
  const size = sizeOf(type.shape);
  const values =
    type.dtype === 'float32'
      ? new Float32Array(size)
      : type.dtype === 'int32'
        ? new Int32Array(size)
        : new Uint8Array(size);
  return values.fill(constant.uniform);
}
