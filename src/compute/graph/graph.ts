/**
 * The intermediate form between tfjs and ONNX: a flat list of tfjs kernel calls in static single
 * assignment. Nodes are interned when they are added, so equal calls are one node: a generator that is
 * traced once for its own loss and again for the discriminator's costs nothing the second time.
 */
import { createHash } from 'node:crypto';
import { sizeOf } from '../layout.ts';

export type Dtype = 'float32' | 'int32' | 'bool';

export interface TensorType {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
}

/** Index into `KernelGraph.types`. */
export type ValueId = number;

export type Attributes = Readonly<Record<string, unknown>>;

export type ConstantData = Float32Array | Int32Array | Uint8Array;

/** A constant tensor: all values equal, or an array of them. */
export type Constant = { readonly uniform: number } | { readonly data: ConstantData };

/** Kernels that are not tfjs's: where values come from. */
export const PARAMETER = '$parameter';
export const INPUT = '$input';
export const CONSTANT = '$constant';

/** Which half of a training step first asked for a node: for profiles, no rule depends on it. */
export type Phase = 'forward' | 'backward';

export interface KernelNode {
  readonly kernel: string;
  readonly phase: Phase;
  readonly inputs: readonly ValueId[];
  readonly attrs: Attributes;
  readonly outputs: readonly ValueId[];
}

export class KernelGraph {
  readonly types: TensorType[] = [];
  /** In an order in which every value is made before it is used. */
  readonly nodes: KernelNode[] = [];
  /** Of the nodes that are added from now on. */
  phase: Phase = 'forward';
  private readonly producers: KernelNode[] = [];
  private readonly interned = new Map<string, KernelNode>();

  /** Adds a call, or finds the equal one that is already there. */
  add(
    kernel: string,
    inputs: readonly ValueId[],
    attrs: Attributes,
    types: readonly TensorType[],
  ): readonly ValueId[] {
    const key = `${kernel}(${inputs.join()})${attributesText(attrs)}${JSON.stringify(types)}`;
    return this.intern(key, kernel, inputs, attrs, types);
  }

  constant(constant: Constant, type: TensorType): ValueId {
    const value =
      'uniform' in constant
        ? String(constant.uniform)
        : createHash('sha1')
            .update(new Uint8Array(constant.data.buffer, constant.data.byteOffset, constant.data.byteLength))
            .digest('base64');
    const key = `${CONSTANT} ${value} ${JSON.stringify(type)}`;
    return this.intern(key, CONSTANT, [], { constant }, [type])[0]!;
  }

  type(value: ValueId): TensorType {
    return this.types[value]!;
  }

  producer(value: ValueId): KernelNode {
    return this.producers[value]!;
  }

  /** The constant behind a value, if it is one. */
  constantOf(value: ValueId): Constant | undefined {
    const node = this.producer(value);
    return node.kernel === CONSTANT ? (node.attrs.constant as Constant) : undefined;
  }

  /** The one number that a constant tensor is filled with, if it is. */
  uniformOf(value: ValueId): number | undefined {
    const constant = this.constantOf(value);
    return constant && 'uniform' in constant ? constant.uniform : undefined;
  }

  private intern(
    key: string,
    kernel: string,
    inputs: readonly ValueId[],
    attrs: Attributes,
    types: readonly TensorType[],
  ): readonly ValueId[] {
    let node = this.interned.get(key);
    if (!node) {
      const first = this.types.length;
      node = { kernel, phase: this.phase, inputs, attrs, outputs: types.map((_, index) => first + index) };
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

/** JSON, but telling the infinities apart. */
function attributesText(attrs: Attributes): string {
  return JSON.stringify(attrs, (_, value) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
}

/** What a traced step returns, as values of its graph. */
export interface StepGraph {
  readonly graph: KernelGraph;
  readonly outputs: ReadonlyMap<string, ValueId>;
  /** By group, then by parameter. */
  readonly gradients: ReadonlyMap<string, ReadonlyMap<string, ValueId>>;
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
