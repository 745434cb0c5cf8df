/**
 * One ONNX graph for images of every size, from graphs that were lowered for a few particular sizes. They differ only in
 * numbers that stand for extents: targets of reshapes, and constants that were filled with one value. Such a number is a
 * product of extents of the image times a constant, which the probes tell apart, and is computed from the image instead.
 */
import type { OnnxData, OnnxInitializer, OnnxNode } from './onnx-graph.ts';
import { OnnxGraph } from './onnx-graph.ts';

/** Extents of a batch of images. */
export interface BatchExtents {
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** The graph of a step with one input and one output, lowered for images of this size. */
export interface Probe {
  readonly extents: BatchExtents;
  readonly graph: OnnxGraph;
}

/** What an open graph does with the sides of its images, in pixels. */
export interface OpenSides {
  /** The network's sides are multiples of it: images are padded by repeating their edges, and cut back. */
  readonly multiple: number;
  /** The smallest side of the network's images. */
  readonly least: number;
}

/** Names of an open graph's ends and of their symbolic extents. */
const BATCH = 'batch';
const [HEIGHT, WIDTH] = ['height', 'width'];

/**
 * @param probes at least three, all of whose extents are different
 * @returns the graph with the input and output of the probes, whose batch, height and width are open
 * @throws if the graphs differ in anything else than extents
 */
export function openGraph(probes: readonly Probe[], sides: OpenSides): OnnxGraph {
  return new OpenGraph(probes, sides).build();
}

class OpenGraph {
  private readonly open = new OnnxGraph();
  /** The open graph's values, by those of the first probe. */
  private readonly values = new Map<string, string>();
  /** What a value of the first probe is called in the others. */
  private readonly twins = new Map<string, readonly string[]>();
  /** Extents of the padded images, each a vector of one int64. */
  private extents: Readonly<Record<keyof BatchExtents, string>> = { count: '', height: '', width: '' };

  constructor(
    private readonly probes: readonly Probe[],
    private readonly sides: OpenSides,
  ) {}

  build(): OnnxGraph {
    const { open } = this;
    const [first, ...others] = this.probes.map(({ graph }) => graph) as [OnnxGraph, ...OnnxGraph[]];
    const [input, output] = [first.inputs[0]!, first.outputs[0]!];
    for (const other of others) {
      if (other.nodes.length !== first.nodes.length) this.fail('they have different numbers of nodes');
    }
    const image = open.input(input.name, input.dtype, [BATCH, input.dims[1]!, HEIGHT, WIDTH]);
    const sizes = this.padded(image);
    this.values.set(input.name, sizes.padded);
    this.twins.set(
      input.name,
      others.map(({ inputs }) => inputs[0]!.name),
    );
    for (const [index, node] of first.nodes.entries()) {
      this.add(
        node,
        others.map(({ nodes }) => nodes[index]!),
      );
    }
    open.origin = 'cut';
    const made = this.values.get(output.name)!;
    const cut = open.add('Slice', [made, open.ints([0, 0]), sizes.ends, open.ints([2, 3])]);
    open.output(output.name, cut, output.dtype, [BATCH, output.dims[1]!, HEIGHT, WIDTH]);
    return open;
  }

  /** Pads the image at its right and lower edges to sides that the network takes. */
  private padded(image: string): { padded: string; ends: string } {
    const { open, sides } = this;
    open.origin = 'pad';
    const shape = open.add('Shape', [image]);
    const extent = (axis: number, of = shape) =>
      open.add('Gather', [of, open.ints([axis])], { axis: { int: 0 } });
    const multiple = open.ints([sides.multiple]);
    const missing = (axis: number) => {
      const whole = open.add('Div', [
        open.add('Add', [extent(axis), open.ints([sides.multiple - 1])]),
        multiple,
      ]);
      const rounded = open.add('Max', [open.add('Mul', [whole, multiple]), open.ints([sides.least])]);
      return open.add('Sub', [rounded, extent(axis)]);
    };
    const pads = open.concat([open.ints([0, 0, 0, 0, 0, 0]), missing(2), missing(3)], 0);
    const padded = open.add('Pad', [image, pads], { mode: { string: 'edge' } });
    const paddedShape = open.add('Shape', [padded]);
    this.extents = {
      count: extent(0, paddedShape),
      height: extent(2, paddedShape),
      width: extent(3, paddedShape),
    };
    return { padded, ends: open.concat([extent(2), extent(3)], 0) };
  }

  private add(node: OnnxNode, twins: readonly OnnxNode[]): void {
    const { open } = this;
    for (const twin of twins) {
      const alike =
        twin.op === node.op &&
        twin.domain === node.domain &&
        JSON.stringify(twin.attributes) === JSON.stringify(node.attributes) &&
        twin.inputs.length === node.inputs.length &&
        twin.outputs.length === node.outputs.length;
      if (!alike) this.fail(`${node.op} became ${twin.op}, or has other attributes`);
    }
    open.origin = node.origin;
    const inputs = node.inputs.map((name, index) =>
      this.input(
        node,
        name,
        twins.map(({ inputs }) => inputs[index]!),
      ),
    );
    const outputs = open.addMany(node.op, inputs, node.attributes, node.outputs.length, node.domain);
    node.outputs.forEach((name, index) => {
      this.values.set(name, outputs[index]!);
      this.twins.set(
        name,
        twins.map(({ outputs }) => outputs[index]!),
      );
    });
  }

  private input(node: OnnxNode, name: string, others: readonly string[]): string {
    if (name === '') return '';
    const known = this.values.get(name);
    if (known !== undefined) {
      const twins = this.twins.get(name)!;
      if (others.some((other, index) => other !== twins[index])) this.fail(`${node.op} has other operands`);
      return known;
    }
    const constants = [name, ...others].map((one, index) => this.probes[index]!.graph.initializers.get(one));
    if (constants.some((constant) => constant === undefined)) this.fail(`${node.op} has other operands`);
    return this.constant(node, constants as OnnxInitializer[]);
  }

  private constant(node: OnnxNode, constants: readonly OnnxInitializer[]): string {
    const { open } = this;
    const [{ dtype, dims, data }, ...others] = constants as [OnnxInitializer, ...OnnxInitializer[]];
    if (others.every((other) => equal(other.dims, dims) && equal(other.data, data))) {
      return open.initializer(dtype, dims, data);
    }
    if (dtype === 'int64' && dims.length === 1 && others.every((other) => equal(other.dims, dims))) {
      return this.vector(
        node,
        constants.map((constant) => Array.from(constant.data as BigInt64Array, Number)),
      );
    }
    const [value] = data;
    if (constants.every((constant) => constant.data.every((one: number | bigint) => one === value))) {
      const one = data.slice(0, 1) as OnnxData;
      const shape = this.vector(
        node,
        constants.map((constant) => constant.dims as readonly number[]),
      );
      return open.add('Expand', [open.initializer(dtype, [], one), shape]);
    }
    return this.fail(`a constant of ${node.op} (${node.origin}) depends on the size`);
  }

  /** A vector whose numbers in the probes are these. */
  private vector(node: OnnxNode, numbers: readonly (readonly number[])[]): string {
    const parts = numbers[0]!.map((_, place) =>
      this.number(
        node,
        numbers.map((vector) => vector[place]!),
      ),
    );
    return this.open.concat(parts, 0);
  }

  private number(node: OnnxNode, values: readonly number[]): string {
    const { open, probes } = this;
    if (values.every((value) => value === values[0])) return open.ints([values[0]!]);
    const axes = ['count', 'height', 'width'] as const;
    for (let subset = 1; subset < 8; subset++) {
      const taken = axes.filter((_, bit) => subset & (1 << bit));
      const products = probes.map(({ extents }) =>
        taken.reduce((product, axis) => product * extents[axis], 1),
      );
      if (!values.every((value, index) => value * products[0]! === values[0]! * products[index]!)) continue;
      const divisor = greatestCommonDivisor(values[0]!, products[0]!);
      const [times, over] = [values[0]! / divisor, products[0]! / divisor];
      let value = taken.map((axis) => this.extents[axis]).reduce((a, b) => open.add('Mul', [a, b]));
      if (times !== 1) value = open.add('Mul', [value, open.ints([times])]);
      return over === 1 ? value : open.add('Div', [value, open.ints([over])]);
    }
    return this.fail(`${values.join(', ')} in ${node.op} (${node.origin}) is not a product of extents`);
  }

  private fail(what: string): never {
    throw new Error(`The graphs for different sizes cannot be joined: ${what}.`);
  }
}

function equal(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
