/** What the compiler knows about one tfjs kernel. */
import type { Attributes, NodeOf, Phase, TensorType } from '../graph/graph.ts';
import type { KernelName } from '../graph/kernel-types.ts';
import type { Lowering } from './lowering.ts';

/** Types of a call's inputs, in the order of `KernelRule.inputs`. */
export type InputTypes = readonly TensorType[];

/** One output value of an element-wise kernel, computed from one value of each input. */
export type FoldValues<Name extends KernelName> = (
  inputs: readonly number[],
  attrs: Attributes[Name],
) => number;

/** The parts of a step's cost (trace/cost.ts). */
export type CostPart = 'forward' | 'inputGradients' | 'filterGradients' | 'productGradients';

/** How the calls of a kernel count in a step's cost. */
export interface CountedCost<Name extends KernelName> {
  /** The part that a call counts toward, by the half of the step that asked for it. */
  readonly part: Readonly<Record<Phase, CostPart>>;
  /** Floating-point operations of one call; a multiplication and its addition are two. */
  readonly operations: (inputs: InputTypes, output: TensorType, attrs: Attributes[Name]) => number;
}

export interface KernelRule<Name extends KernelName> {
  /** Names of the kernel's inputs, in order; absent where the kernel takes a list. */
  readonly inputs?: readonly string[];
  /** Types of the outputs. */
  readonly infer: (inputs: InputTypes, attrs: Attributes[Name]) => TensorType | readonly TensorType[];
  /**
   * What becomes of a call on uniform tensors. `moves`: the kernel only moves values of its first input, so the
   * outputs are as uniform as that. A function: an element-wise kernel, whose output is uniform where all inputs
   * are, and which broadcasts its operands by itself. `never`: the call stays as it is.
   */
  readonly fold: 'moves' | 'never' | FoldValues<Name>;
  /** How calls count in a step's cost. `uncounted`: everything but convolutions and matrix products. */
  readonly cost: 'uncounted' | CountedCost<Name>;
  /** Emits ONNX nodes and says which of them holds each output. */
  readonly lower: (lowering: Lowering, node: NodeOf<Name>) => void;
}

/** A table of rules, each typed by the kernel that it is for. */
export type KernelRules = { readonly [Name in KernelName]?: KernelRule<Name> };

/** Output types of a call as a list. */
export function inferTypes<Name extends KernelName>(
  rule: KernelRule<Name>,
  inputs: InputTypes,
  attrs: Attributes[Name],
): readonly TensorType[] {
  const types = rule.infer(inputs, attrs);
  return Array.isArray(types) ? types : [types as TensorType];
}

/** The type of the first input. */
export function sameType([input]: InputTypes): TensorType {
  return input!;
}
