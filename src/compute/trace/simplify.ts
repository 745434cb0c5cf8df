/** Passes over the traced graph. Each is one walk; none loops to a fixed point. */
import {
  type Attributes,
  CONSTANT,
  INPUT,
  KernelGraph,
  type KernelNode,
  PARAMETER,
  type StepGraph,
  type TensorType,
  type ValueId,
} from '../graph/graph.ts';
import { sizeOf } from '../layout.ts';
import { inferTypes } from '../lower/kernel-rule.ts';
import { ruleOf } from '../lower/kernels.ts';

/** Kernels that only move values: of a uniform tensor they make a uniform tensor. */
const MOVING = new Set([
  'Reshape',
  'ExpandDims',
  'Transpose',
  'Slice',
  'StridedSlice',
  'SplitV',
  'Unpack',
  'Tile',
  'BroadcastTo',
  'Reverse',
  'MirrorPad',
]);

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

function isSource(kernel: string): boolean {
  return kernel === PARAMETER || kernel === INPUT || kernel === CONSTANT;
}

/** Rebuilds a graph node by node, replacing each by something simpler where it can. */
class Simplifier {
  readonly graph = new KernelGraph();

  simplify(source: KernelGraph, node: KernelNode, inputs: readonly ValueId[]): readonly ValueId[] {
    const types = node.outputs.map((output) => source.type(output));
    if (node.kernel === CONSTANT) {
      const constant = source.constantOf(node.outputs[0]!)!;
      return [this.graph.constant(constant, types[0]!)];
    }
    if (isSource(node.kernel)) return this.graph.add(node.kernel, [], node.attrs, types);
    if (MOVING.has(node.kernel)) {
      const uniform = this.graph.uniformOf(inputs[0]!);
      if (uniform !== undefined) return types.map((type) => this.graph.constant({ uniform }, type));
    }
    return node.outputs.length === 1
      ? [this.single(node.kernel, inputs, node.attrs)]
      : this.graph.add(node.kernel, inputs, node.attrs, types);
  }

  /** Adds a call with one output, or the value that is known to equal it. */
  private single(kernel: string, inputs: readonly ValueId[], attrs: Attributes): ValueId {
    const rule = ruleOf(kernel);
    const [type] = inferTypes(
      rule,
      inputs.map((input) => this.graph.type(input)),
      attrs,
    );
    const shape = type!.shape;
    if (rule.fold) {
      const uniforms = inputs.map((input) => this.graph.uniformOf(input));
      if (uniforms.every((uniform) => uniform !== undefined)) {
        return this.graph.constant({ uniform: rule.fold(uniforms, attrs) }, type!);
      }
    }
    const identity = this.identity(kernel, inputs, type!);
    if (identity !== undefined) return identity;
    if (kernel === 'ExpandDims') return this.single('Reshape', inputs, { shape });
    if (kernel === 'Tile' && this.repeatsOnlySingles(inputs[0]!, shape)) {
      return this.single('BroadcastTo', inputs, { shape });
    }
    if (kernel === 'Reshape') {
      const producer = this.graph.producer(inputs[0]!);
      if (producer.kernel === 'Reshape') return this.single('Reshape', producer.inputs, attrs);
    }
    if (
      kernel === 'Sum' &&
      this.shape(inputs[0]!).length > 0 &&
      sizeOf(shape) === sizeOf(this.shape(inputs[0]!))
    ) {
      return this.single('Reshape', inputs, { shape });
    }
    if (rule.fold) return this.withoutBroadcasts(kernel, inputs, attrs, shape);
    return this.graph.add(kernel, inputs, attrs, [type!])[0]!;
  }

  /** The operand that a call returns unchanged: x * 1, x + 0, a reshape to the same shape. */
  private identity(
    kernel: string,
    inputs: readonly ValueId[],
    { shape, dtype }: TensorType,
  ): ValueId | undefined {
    const [a, b] = inputs as [ValueId, ValueId | undefined];
    const left = this.graph.uniformOf(a);
    const right = b === undefined ? undefined : this.graph.uniformOf(b);
    switch (kernel) {
      case 'Multiply':
        if (right === 0 || left === 0) return this.graph.constant({ uniform: 0 }, { shape, dtype });
        return right === 1 ? this.broadcast(a, shape) : left === 1 ? this.broadcast(b!, shape) : undefined;
      case 'Add':
        return right === 0 ? this.broadcast(a, shape) : left === 0 ? this.broadcast(b!, shape) : undefined;
      case 'Sub':
        return right === 0 ? this.broadcast(a, shape) : undefined;
      case 'RealDiv':
      case 'Pow':
        return right === 1 ? this.broadcast(a, shape) : undefined;
      case 'Cast':
        return this.graph.type(a).dtype === dtype ? a : undefined;
      case 'Reshape':
      case 'ExpandDims':
      case 'Slice':
      case 'Tile':
      case 'BroadcastTo':
      case 'PadV2':
      case 'MirrorPad':
        return sameShape(this.shape(a), shape) ? a : undefined;
      case 'Concat':
        return inputs.length === 1 ? a : undefined;
      default:
        return undefined;
    }
  }

  private broadcast(value: ValueId, shape: readonly number[]): ValueId {
    return sameShape(this.shape(value), shape) ? value : this.single('BroadcastTo', [value], { shape });
  }

  /**
   * Gradients of sums and means are broadcast before they are used. An element-wise call broadcasts by
   * itself, so its operands need not be; where nothing else gives the full shape, it computes on the small
   * tensors and the result is broadcast.
   */
  private withoutBroadcasts(
    kernel: string,
    inputs: readonly ValueId[],
    attrs: Attributes,
    shape: readonly number[],
  ): ValueId {
    const bare = inputs.map((input) => {
      const producer = this.graph.producer(input);
      return producer.kernel === 'BroadcastTo' ? producer.inputs[0]! : input;
    });
    const small = bare.map((input) => {
      const uniform = this.graph.uniformOf(input);
      return uniform === undefined
        ? input
        : this.graph.constant({ uniform }, { shape: [], dtype: this.graph.type(input).dtype });
    });
    const operands = kernel === 'Select' ? inputs : small;
    const [type] = inferTypes(
      ruleOf(kernel),
      operands.map((input) => this.graph.type(input)),
      attrs,
    );
    const [value] = this.graph.add(kernel, operands, attrs, [type!]);
    return this.broadcast(value!, shape);
  }

  private repeatsOnlySingles(input: ValueId, shape: readonly number[]): boolean {
    return this.shape(input).every((extent, axis) => extent === 1 || extent === shape[axis]);
  }

  private shape(value: ValueId): readonly number[] {
    return this.graph.type(value).shape;
  }
}

function mapValues(step: StepGraph, graph: KernelGraph, mapped: readonly (ValueId | undefined)[]): StepGraph {
  const map = (values: ReadonlyMap<string, ValueId>) =>
    new Map([...values].map(([name, value]) => [name, mapped[value]!]));
  return {
    graph,
    outputs: map(step.outputs),
    gradients: new Map([...step.gradients].map(([group, values]) => [group, map(values)])),
  };
}

/** Folds uniform tensors, drops calls that change nothing, and shares equal ones. */
export function simplify(step: StepGraph): StepGraph {
  const simplifier = new Simplifier();
  const mapped: ValueId[] = [];
  for (const node of step.graph.nodes) {
    const inputs = node.inputs.map((input) => mapped[input]!);
    simplifier.graph.phase = node.phase;
    const outputs = simplifier.simplify(step.graph, node, inputs);
    node.outputs.forEach((output, index) => {
      mapped[output] = outputs[index]!;
    });
  }
  return mapValues(step, simplifier.graph, mapped);
}

/** Every value that the step returns. */
function results(step: StepGraph): ValueId[] {
  return [...step.outputs.values(), ...[...step.gradients.values()].flatMap((group) => [...group.values()])];
}

/** The step with the gradients of these groups only, and no more than they and its outputs need. */
export function withGradients(step: StepGraph, groups: readonly string[]): StepGraph {
  if (groups.length === step.gradients.size) return step;
  const gradients = new Map([...step.gradients].filter(([group]) => groups.includes(group)));
  return removeDead({ ...step, gradients });
}

/** Keeps only what the outputs and gradients need. Inputs and parameters that nothing needs go too. */
export function removeDead(step: StepGraph): StepGraph {
  const live = new Set<KernelNode>();
  const pending = results(step).map((value) => step.graph.producer(value));
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (live.has(node)) continue;
    live.add(node);
    pending.push(...node.inputs.map((input) => step.graph.producer(input)));
  }
  const graph = new KernelGraph();
  const mapped: ValueId[] = [];
  for (const node of step.graph.nodes) {
    if (!live.has(node)) continue;
    const types = node.outputs.map((output) => step.graph.type(output));
    const constant = step.graph.constantOf(node.outputs[0]!);
    graph.phase = node.phase;
    const outputs = constant
      ? [graph.constant(constant, types[0]!)]
      : graph.add(
          node.kernel,
          node.inputs.map((input) => mapped[input]!),
          node.attrs,
          types,
        );
    node.outputs.forEach((output, index) => {
      mapped[output] = outputs[index]!;
    });
  }
  return mapValues(step, graph, mapped);
}
