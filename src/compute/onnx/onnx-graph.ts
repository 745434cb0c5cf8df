/** An ONNX graph under construction: nodes and initializers, each made once (equal nodes are shared). */
import { sizeOf } from '../layout.ts';

export type OnnxDtype = 'float32' | 'float16' | 'int32' | 'int64' | 'bool';
/** Values of float16 are their bits. */
export type OnnxData = Float32Array | Uint16Array | Int32Array | BigInt64Array | Uint8Array;

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string };

export interface OnnxNode {
  readonly op: string;
  /** Domain of the operator set; absent for ONNX's own. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  /** What it was lowered from, the first part of its name: "backward/Conv2DBackpropFilter". */
  readonly origin: string;
}

/** An input or an output of a graph. */
export interface OnnxTensor {
  readonly name: string;
  readonly dtype: OnnxDtype;
  /** Extents; one that is open has a name. */
  readonly dims: readonly (number | string)[];
}

export interface OnnxInitializer extends OnnxTensor {
  readonly dims: readonly number[];
  readonly data: OnnxData;
}

/** Domain of the operators on blocked images that ONNX Runtime's CPU engine has. */
export const NCHWC_DOMAIN = 'com.microsoft.nchwc';

/** Initializers up to this many values are shared by content; larger ones by identity. */
const SHARED_BY_CONTENT = 4096;

export class OnnxGraph {
  readonly nodes: OnnxNode[] = [];
  readonly inputs: OnnxTensor[] = [];
  readonly outputs: OnnxTensor[] = [];
  readonly initializers = new Map<string, OnnxInitializer>();
  /** Origin of the nodes that are added from now on. */
  origin = 'graph';
  private readonly interned = new Map<string, readonly string[]>();
  private readonly producers = new Map<string, OnnxNode>();
  private readonly dims = new Map<string, readonly number[]>();
  private readonly identities = new WeakMap<OnnxData, Map<string, string>>();
  private count = 0;

  /** Adds a node with one output and returns the output's name; '' as an input leaves an optional one out. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain?: string,
  ): string {
    return this.addMany(op, inputs, attributes, 1, domain)[0]!;
  }

  addMany(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    outputCount: number,
    domain?: string,
  ): readonly string[] {
    const key = `${domain ?? ''} ${op}(${inputs.join()})${JSON.stringify(attributes)}${outputCount}`;
    const known = this.interned.get(key);
    if (known) return known;
    const outputs = Array.from({ length: outputCount }, () => this.newName());
    const node = { op, inputs, outputs, attributes, origin: this.origin, ...(domain && { domain }) };
    this.nodes.push(node);
    this.interned.set(key, outputs);
    for (const output of outputs) this.producers.set(output, node);
    return outputs;
  }

  input(name: string, dtype: OnnxDtype, dims: OnnxTensor['dims']): string {
    this.inputs.push({ name, dtype, dims });
    return name;
  }

  output(name: string, value: string, dtype: OnnxDtype, dims: OnnxTensor['dims']): void {
    this.nodes.push({ op: 'Identity', inputs: [value], outputs: [name], attributes: {}, origin: 'output' });
    this.outputs.push({ name, dtype, dims });
  }

  initializer(dtype: OnnxDtype, dims: readonly number[], data: OnnxData): string {
    const place = `${dtype}[${dims}]`;
    if (data.length <= SHARED_BY_CONTENT) {
      const key = `initializer ${place} ${data.join()}`;
      const known = this.interned.get(key);
      if (known) return known[0]!;
      const name = this.newInitializer(dtype, dims, data);
      this.interned.set(key, [name]);
      return name;
    }
    const names = this.identities.get(data) ?? new Map<string, string>();
    this.identities.set(data, names);
    let name = names.get(place);
    if (!name) {
      name = this.newInitializer(dtype, dims, data);
      names.set(place, name);
    }
    return name;
  }

  float(value: number): string {
    return this.initializer('float32', [], Float32Array.of(value));
  }

  /** A vector of int64, as ONNX wants for shapes, axes and positions. */
  ints(values: readonly number[]): string {
    return this.initializer('int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  reshape(value: string, dims: readonly number[]): string {
    const constant = this.initializers.get(value);
    if (constant) return this.initializer(constant.dtype, dims, constant.data);
    const producer = this.producers.get(value);
    const source = producer?.op === 'Reshape' ? producer.inputs[0]! : value;
    return this.add('Reshape', [source, this.ints(dims)]);
  }

  /** Notes the extents of a value, for `beforeReshape`. */
  withDims(value: string, dims: readonly number[]): string {
    this.dims.set(value, dims);
    return value;
  }

  /** What a reshaped value was before, where its extents are known. */
  beforeReshape(value: string): { value: string; dims: readonly number[] } | undefined {
    const producer = this.producers.get(value);
    const source = producer?.op === 'Reshape' ? producer.inputs[0]! : undefined;
    const dims = source === undefined ? undefined : this.dims.get(source);
    return dims && { value: source!, dims };
  }

  /** `dims` are the extents before the permutation. Moving only axes of extent 1 is a reshape, which is free. */
  transpose(value: string, dims: readonly number[], permutation: readonly number[]): string {
    const real = permutation.filter((axis) => dims[axis] !== 1);
    if (real.every((axis, index) => index === 0 || real[index - 1]! < axis)) {
      if (permutation.every((axis, index) => axis === index)) return value;
      return this.reshape(
        value,
        permutation.map((axis) => dims[axis]!),
      );
    }
    const constant = this.initializers.get(value);
    if (constant) return this.transposedInitializer(constant, dims, permutation);
    return this.add('Transpose', [value], { perm: { ints: permutation } });
  }

  /** Values `begin` (inclusive) to `end` (exclusive) along each of the axes, every `step`-th. */
  slice(
    value: string,
    axes: readonly number[],
    begin: readonly number[],
    end: readonly number[],
    step: readonly number[] = axes.map(() => 1),
  ): string {
    return this.add('Slice', [value, this.ints(begin), this.ints(end), this.ints(axes), this.ints(step)]);
  }

  /** The values along one axis (of this extent) in reverse order. */
  reverse(value: string, axes: readonly number[]): string {
    return this.slice(
      value,
      axes,
      axes.map(() => -1),
      axes.map(() => Number.MIN_SAFE_INTEGER),
      axes.map(() => -1),
    );
  }

  concat(values: readonly string[], axis: number): string {
    return values.length === 1 ? values[0]! : this.add('Concat', values, { axis: { int: axis } });
  }

  private newInitializer(dtype: OnnxDtype, dims: readonly number[], data: OnnxData): string {
    const name = this.newName();
    this.initializers.set(name, { name, dtype, dims, data });
    return name;
  }

  private transposedInitializer(
    constant: OnnxInitializer,
    dims: readonly number[],
    permutation: readonly number[],
  ): string {
    const key = `transposed ${constant.name} ${dims} ${permutation}`;
    const known = this.interned.get(key);
    if (known) return known[0]!;
    const name = this.initializer(
      constant.dtype,
      permutation.map((axis) => dims[axis]!),
      transposeData(constant.data, dims, permutation),
    );
    this.interned.set(key, [name]);
    return name;
  }

  private newName(): string {
    return `v${this.count++}`;
  }
}

function transposeData<Data extends OnnxData>(
  data: Data,
  dims: readonly number[],
  permutation: readonly number[],
): Data {
  const strides = dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
  const outDims = permutation.map((axis) => dims[axis]!);
  const outStrides = permutation.map((axis) => strides[axis]!);
  const result = data.slice() as Data;
  const index = outDims.map(() => 0);
  let source = 0;
  for (let target = 0; target < result.length; target++) {
    result[target] = data[source]!;
    for (let axis = outDims.length - 1; axis >= 0; axis--) {
      source += outStrides[axis]!;
      if (++index[axis]! < outDims[axis]!) break;
      source -= outStrides[axis]! * outDims[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}
