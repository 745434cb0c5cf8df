/** What the compiler knows of one tfjs kernel: its result's type, how it folds, what it becomes in ONNX. */
import type { Attributes, KernelNode, TensorType } from '../graph/graph.ts';
import type { Lowering } from './lowering.ts';

export interface KernelRule {
  /** Names of the kernel's inputs, in order; absent where the kernel takes a list. */
  readonly inputs?: readonly string[];
  /** Types of the outputs. */
  readonly infer: (inputs: readonly TensorType[], attrs: Attributes) => TensorType | readonly TensorType[];
  /** For element-wise kernels: one output value from one value of each input. */
  readonly fold?: (inputs: readonly number[], attrs: Attributes) => number;
  /** Emits ONNX nodes and says which of them holds each output. */
  readonly lower: (lowering: Lowering, node: KernelNode) => void;
}

export type KernelRules = Readonly<Record<string, KernelRule>>;

/** Output types as a list. */
export function inferTypes(
  rule: KernelRule,
  inputs: readonly TensorType[],
  attrs: Attributes,
): readonly TensorType[] {
  const types = rule.infer(inputs, attrs);
  return Array.isArray(types) ? types : [types as TensorType];
}

/** The type of the first input. */
export function sameType([input]: readonly TensorType[]): TensorType {
  return input!;
}

/** tfjs's attribute types are interfaces per kernel; the rule's author names the one that applies. */
export function attributes<Attrs>(attrs: Attributes): Attrs {
  return attrs as unknown as Attrs;
}
