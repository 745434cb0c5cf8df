/**
 * The state of one lowering from tfjs kernels to ONNX: which ONNX value stands for which tfjs value, and
 * in which memory layout. tfjs convolutions are NHWC, ONNX's are NCHW, so a rank-4 value may live in
 * either order; it is converted when a kernel first asks for the other one, and only then.
 */
import type { GraphNode, KernelGraph, TensorType, ValueId } from '../graph/graph.ts';
import { constantValues } from '../graph/graph.ts';
import { sizeOf } from '../layout.ts';
import { OnnxGraph } from '../onnx/onnx-graph.ts';
import type { ValueNote } from '../onnx/print-onnx.ts';
import type { LoweringTarget } from './target.ts';

/** `logical`: tfjs's own order. `channelsFirst`: a logical [N, H, W, C] stored as [N, C, H, W]. */
export type MemoryLayout = 'logical' | 'channelsFirst';

/** Where a logical NHWC axis lies in NCHW: N 0, H 2, W 3, C 1. */
const PHYSICAL_AXIS = [0, 2, 3, 1] as const;
const TO_CHANNELS_FIRST = [0, 3, 1, 2] as const;
const TO_CHANNELS_LAST = [0, 2, 3, 1] as const;

/** Full constants above this size are expanded by the runtime instead of being stored. */
const LARGEST_STORED_UNIFORM = 1024;

/** The ONNX values that hold one tfjs value, by their layout. */
interface Places {
  /** The layout the value was made in. */
  native: MemoryLayout;
  logical?: string;
  channelsFirst?: string;
}

export class Lowering {
  readonly onnx = new OnnxGraph();
  private readonly places = new Map<ValueId, Places>();
  private readonly tables = new Map<string, Int32Array>();

  constructor(
    private readonly source: KernelGraph,
    /** What will run the graph, for the few rules that depend on it. */
    readonly target: LoweringTarget,
  ) {}

  get blockSize(): number {
    return this.target.blockSize;
  }

  type(value: ValueId): TensorType {
    return this.source.type(value);
  }

  shape(value: ValueId): readonly number[] {
    return this.source.type(value).shape;
  }

  uniformOf(value: ValueId): number | undefined {
    return this.source.uniformOf(value);
  }

  isConstant(value: ValueId): boolean {
    return this.source.constantOf(value) !== undefined;
  }

  /** Records which ONNX value holds a tfjs value. */
  define(value: ValueId, name: string, layout: MemoryLayout): void {
    this.places.set(value, { native: layout, [layout]: name });
  }

  /** The layout a value was made in; constants and values of another rank are logical. */
  native(value: ValueId): MemoryLayout {
    return this.places.get(value)?.native ?? 'logical';
  }

  /** The layout that a kernel which can work in either should take, given its main operands. */
  layoutFor(values: readonly ValueId[]): MemoryLayout {
    const channelsFirst = values.some((value) => this.places.get(value)?.channelsFirst !== undefined);
    return channelsFirst ? 'channelsFirst' : 'logical';
  }

  in(value: ValueId, layout: MemoryLayout): string {
    return layout === 'logical' ? this.logical(value) : this.channelsFirst(value);
  }

  logical(value: ValueId): string {
    const places = this.placesOf(value);
    const [batch, height, width, channels] = this.shape(value) as [number, number, number, number];
    places.logical ??= this.onnx.transpose(
      places.channelsFirst!,
      [batch, channels, height, width],
      TO_CHANNELS_LAST,
    );
    return places.logical;
  }

  channelsFirst(value: ValueId): string {
    const places = this.placesOf(value);
    places.channelsFirst ??= this.onnx.transpose(places.logical!, this.shape(value), TO_CHANNELS_FIRST);
    return places.channelsFirst;
  }

  /** Extents of a logical shape as they lie in memory. */
  extents(shape: readonly number[], layout: MemoryLayout): readonly number[] {
    return layout === 'logical' ? shape : TO_CHANNELS_FIRST.map((axis) => shape[axis]!);
  }

  axis(logicalAxis: number, layout: MemoryLayout): number {
    return layout === 'logical' ? logicalAxis : PHYSICAL_AXIS[logicalAxis as 0 | 1 | 2 | 3];
  }

  /** Reorders one entry per logical axis into the order of memory. */
  perAxis<T>(entries: readonly T[], layout: MemoryLayout): readonly T[] {
    return layout === 'logical' ? entries : TO_CHANNELS_FIRST.map((axis) => entries[axis]!);
  }

  /**
   * An operand of an element-wise kernel with an output of rank `rank`: broadcast from the left as ONNX
   * does, which in NCHW order needs the axes of extent 1 written out.
   */
  broadcastOperand(value: ValueId, layout: MemoryLayout, rank: number): string {
    const uniform = this.uniformOf(value);
    if (uniform !== undefined) return this.scalar(uniform, this.type(value).dtype);
    const shape = this.shape(value);
    if (layout === 'logical' || sizeOf(shape) === 1) return this.logical(value);
    if (shape.length === rank) return this.channelsFirst(value);
    const padded = [...Array<number>(rank - shape.length).fill(1), ...shape];
    return this.onnx.transpose(this.onnx.reshape(this.logical(value), padded), padded, TO_CHANNELS_FIRST);
  }

  scalar(value: number, dtype: TensorType['dtype']): string {
    return this.onnx.initializer(dtype, [], constantValues({ uniform: value }, { shape: [], dtype }));
  }

  cast(name: string, dtype: TensorType['dtype']): string {
    return this.onnx.add('Cast', [name], { to: { int: { float32: 1, int32: 6, bool: 9 }[dtype] } });
  }

  /** A table that several nodes use, made once: one array is one initializer. */
  shared(key: string, make: () => Int32Array): Int32Array {
    let table = this.tables.get(key);
    if (!table) {
      table = make();
      this.tables.set(key, table);
    }
    return table;
  }

  /** Lowers a node to one ONNX operator that takes its operands in any one layout, with broadcasting. */
  elementwise(
    { inputs, outputs }: Pick<GraphNode, 'inputs' | 'outputs'>,
    emit: (operands: readonly string[]) => string,
  ): void {
    const [output] = outputs as [ValueId];
    const { shape } = this.type(output);
    const full = inputs.filter((value) => this.shape(value).length === shape.length);
    const layout = shape.length === 4 ? this.layoutFor(full) : 'logical';
    const operands = inputs.map((value) => this.broadcastOperand(value, layout, shape.length));
    const covered = shape.every((extent, axis) =>
      inputs.some((value) => {
        const own = this.shape(value);
        return this.uniformOf(value) === undefined && own[own.length - shape.length + axis] === extent;
      }),
    );
    const rankCovered = inputs.some(
      (value) => this.uniformOf(value) === undefined && this.shape(value).length === shape.length,
    );
    let name = emit(operands);
    // A uniform operand went in as a scalar: where it alone gave an axis its extent, the result is too small.
    if (!covered || !rankCovered) name = this.expand(name, this.extents(shape, layout));
    this.define(output, name, layout);
  }

  expand(name: string, extents: readonly number[]): string {
    return this.onnx.add('Expand', [name, this.onnx.ints(extents)]);
  }

  /** What is known about the ONNX values that stand for tfjs values, for prints. */
  notes(): ReadonlyMap<string, ValueNote> {
    const notes = new Map<string, ValueNote>();
    for (const [value, places] of this.places) {
      const { shape, dtype } = this.type(value);
      for (const layout of ['logical', 'channelsFirst'] as const) {
        const name = places[layout];
        // A reshape that changes nothing gives one ONNX value to two of tfjs: the first has the extents it was made in.
        if (name === undefined || notes.has(name)) continue;
        notes.set(name, {
          dtype,
          dims: this.extents(shape, layout),
          ...(layout === 'channelsFirst' && { layout: 'nchw' }),
          value: `%${value}`,
        });
      }
    }
    return notes;
  }

  private placesOf(value: ValueId): Places {
    let places = this.places.get(value);
    if (!places) {
      places = { native: 'logical', logical: this.constant(value) };
      this.places.set(value, places);
    }
    return places;
  }

  private constant(value: ValueId): string {
    const constant = this.source.constantOf(value);
    if (!constant)
      throw new Error(`Value ${value} (${this.source.producer(value).kernel}) is used before it is made.`);
    const type = this.type(value);
    if ('uniform' in constant && sizeOf(type.shape) > LARGEST_STORED_UNIFORM) {
      return this.expand(this.scalar(constant.uniform, type.dtype), type.shape);
    }
    return this.onnx.initializer(type.dtype, type.shape, constantValues(constant, type));
  }
}
