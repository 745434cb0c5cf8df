/**
 * The rewriting rules of `simplify`. Each looks at one call that is about to be added to the new graph and
 * returns the values that its outputs are known to equal, or undefined where it does not apply.
 */
import type { Attributes, KernelGraph, NodeOf, TensorType, ValueId } from '../graph/graph.ts';
import type { KernelName } from '../graph/kernel-types.ts';
import { sizeOf } from '../layout.ts';
import { inferTypes } from '../lower/kernel-rule.ts';
import { ruleOf } from '../lower/kernels.ts';

/** A call that is about to be added, with the types of its outputs. */
type CallOf<Name extends KernelName> = Pick<NodeOf<Name>, 'kernel' | 'inputs' | 'attrs'> & {
  readonly types: readonly TensorType[];
};
export type Call = { readonly [Name in KernelName]: CallOf<Name> }[KernelName];

/** The graph under construction. */
export interface Rewriter {
  readonly graph: KernelGraph;
  /** Adds a call with one output, after applying the rules to it. */
  add<Name extends KernelName>(
    kernel: Name,
    inputs: readonly ValueId[],
    attrs: Attributes[Name],
  ): readonly ValueId[];
}

export type RewritingRule = (call: Call, rewriter: Rewriter) => readonly ValueId[] | undefined;

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** The value in the shape of the call's output: as it is, or broadcast. */
function asOutput({ types: [type] }: Call, rewriter: Rewriter, value: ValueId): readonly ValueId[] {
  const { shape } = type!;
  return sameShape(rewriter.graph.type(value).shape, shape)
    ? [value]
    : rewriter.add('BroadcastTo', [value], { shape: [...shape] });
}

/**
 * The other operand where one of a call's two is filled with `neutral`.
 * @param sides operands that may be neutral: 1 is the right one
 */
function otherThan(
  neutral: number,
  call: Call,
  rewriter: Rewriter,
  sides: readonly (0 | 1)[],
): readonly ValueId[] | undefined {
  const side = sides.find((index) => rewriter.graph.uniformOf(call.inputs[index]!) === neutral);
  return side === undefined ? undefined : asOutput(call, rewriter, call.inputs[1 - side]!);
}

/** A uniform tensor that is only moved, such as reshaped zeros, is a uniform tensor. */
const moveUniform: RewritingRule = ({ kernel, inputs, types }, { graph }) => {
  if (ruleOf(kernel).fold !== 'moves') return undefined;
  const uniform = graph.uniformOf(inputs[0]!);
  return uniform === undefined ? undefined : types.map((type) => graph.constant({ uniform }, type));
};

/** An element-wise call on uniform tensors is computed here and now, on one number of each. */
const foldUniform: RewritingRule = ({ kernel, inputs, attrs, types }, { graph }) => {
  const { fold } = ruleOf<KernelName>(kernel);
  if (typeof fold !== 'function') return undefined;
  const uniforms = inputs.map((input) => graph.uniformOf(input));
  if (!uniforms.every((uniform) => uniform !== undefined)) return undefined;
  return [graph.constant({ uniform: fold(uniforms, attrs) }, types[0]!)];
};

/** x * 0 is 0: gradients of what a loss does not depend on. */
const multiplyByZero: RewritingRule = ({ kernel, inputs, types }, { graph }) =>
  kernel === 'Multiply' && inputs.some((input) => graph.uniformOf(input) === 0)
    ? [graph.constant({ uniform: 0 }, types[0]!)]
    : undefined;

/** x * 1 is x: the gradient of a loss with respect to itself, which every chain of gradients begins with. */
const multiplyByOne: RewritingRule = (call, rewriter) =>
  call.kernel === 'Multiply' ? otherThan(1, call, rewriter, [1, 0]) : undefined;

/** x + 0 is x. */
const addZero: RewritingRule = (call, rewriter) =>
  call.kernel === 'Add' ? otherThan(0, call, rewriter, [1, 0]) : undefined;

/** x - 0 is x. */
const subtractZero: RewritingRule = (call, rewriter) =>
  call.kernel === 'Sub' ? otherThan(0, call, rewriter, [1]) : undefined;

/** x / 1 is x. */
const divideByOne: RewritingRule = (call, rewriter) =>
  call.kernel === 'RealDiv' ? otherThan(1, call, rewriter, [1]) : undefined;

/** x to the power of 1 is x: the gradient of a square written as a power. */
const powerOfOne: RewritingRule = (call, rewriter) =>
  call.kernel === 'Pow' ? otherThan(1, call, rewriter, [1]) : undefined;

/** A cast to the type that a value has is the value. */
const castToSameType: RewritingRule = ({ kernel, inputs, types }, { graph }) =>
  kernel === 'Cast' && graph.type(inputs[0]!).dtype === types[0]!.dtype ? inputs : undefined;

const SHAPING: ReadonlySet<KernelName> = new Set([
  'Reshape',
  'Slice',
  'Tile',
  'BroadcastTo',
  'PadV2',
  'MirrorPad',
] as const);

/** Reshaping, cutting, repeating or padding to the same shape changes nothing. */
const keepShape: RewritingRule = ({ kernel, inputs, types }, { graph }) =>
  SHAPING.has(kernel) && sameShape(graph.type(inputs[0]!).shape, types[0]!.shape) ? [inputs[0]!] : undefined;

/** A concatenation of one tensor is that tensor. */
const concatOne: RewritingRule = ({ kernel, inputs }) =>
  kernel === 'Concat' && inputs.length === 1 ? inputs : undefined;

/** A new axis of extent 1 is a reshape, which later rules and the lowering join with others. */
const expandDimsAsReshape: RewritingRule = ({ kernel, inputs, types }, rewriter) =>
  kernel === 'ExpandDims' ? rewriter.add('Reshape', inputs, { shape: [...types[0]!.shape] }) : undefined;

/** Repeating axes of extent 1 only is a broadcast, which the element-wise call that follows does by itself. */
const tileAsBroadcast: RewritingRule = (call, rewriter) => {
  if (call.kernel !== 'Tile') return undefined;
  const { shape } = call.types[0]!;
  const repeated = rewriter.graph.type(call.inputs[0]!).shape;
  return repeated.every((extent, axis) => extent === 1 || extent === shape[axis])
    ? rewriter.add('BroadcastTo', call.inputs, { shape: [...shape] })
    : undefined;
};

/** Of two reshapes in a row only the last one's shape matters. */
const joinReshapes: RewritingRule = (call, rewriter) => {
  if (call.kernel !== 'Reshape') return undefined;
  const producer = rewriter.graph.producer(call.inputs[0]!);
  return producer.kernel === 'Reshape' ? rewriter.add('Reshape', producer.inputs, call.attrs) : undefined;
};

/** A sum over axes of extent 1 adds nothing up: a reshape. Gradients of broadcasts end in such sums. */
const sumOfOneAsReshape: RewritingRule = ({ kernel, inputs, types }, rewriter) => {
  if (kernel !== 'Sum') return undefined;
  const { shape } = types[0]!;
  const summed = rewriter.graph.type(inputs[0]!).shape;
  return summed.length > 0 && sizeOf(shape) === sizeOf(summed)
    ? rewriter.add('Reshape', inputs, { shape: [...shape] })
    : undefined;
};

/**
 * Gradients of sums and means are broadcast before they are used. An element-wise call broadcasts by itself, so
 * its operands need not be; where nothing else gives the full shape, it computes on the small tensors and the
 * result is broadcast.
 */
const broadcastLast: RewritingRule = (call, rewriter) => {
  const { kernel, inputs, attrs } = call;
  const { graph } = rewriter;
  // ONNX broadcasts the operands of Where, but tfjs infers the type of Select from one of them.
  if (typeof ruleOf(kernel).fold !== 'function' || kernel === 'Select') return undefined;
  const operands = inputs.map((input) => {
    const producer = graph.producer(input);
    const bare = producer.kernel === 'BroadcastTo' ? producer.inputs[0]! : input;
    const uniform = graph.uniformOf(bare);
    return uniform === undefined
      ? bare
      : graph.constant({ uniform }, { shape: [], dtype: graph.type(bare).dtype });
  });
  if (operands.every((operand, index) => operand === inputs[index])) return undefined;
  const types = inferTypes(
    ruleOf<KernelName>(kernel),
    operands.map((operand) => graph.type(operand)),
    attrs,
  );
  const [value] = graph.add(kernel, operands, attrs, types);
  return asOutput(call, rewriter, value!);
};

/** Every rule by its name, in the order in which they are tried: the first that applies decides. */
export const REWRITING_RULES = {
  moveUniform,
  foldUniform,
  multiplyByZero,
  multiplyByOne,
  addZero,
  subtractZero,
  divideByOne,
  powerOfOne,
  castToSameType,
  keepShape,
  concatOne,
  expandDimsAsReshape,
  tileAsBroadcast,
  joinReshapes,
  sumOfOneAsReshape,
  broadcastLast,
} as const satisfies Readonly<Record<string, RewritingRule>>;
