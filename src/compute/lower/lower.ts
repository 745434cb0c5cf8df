/** Lowers a step's kernels to one ONNX graph. */

import { CONSTANT, INPUT, type NodeOf, PARAMETER, type StepGraph, type ValueId } from '../graph/graph.ts';
import type { KernelName } from '../graph/kernel-types.ts';
import { parameterName } from '../layout.ts';
import type { OnnxGraph } from '../onnx/onnx-graph.ts';
import type { ValueNote } from '../onnx/print-onnx.ts';
import type { ParameterEntry, ParameterLayout } from '../types.ts';
import { ruleOf } from './kernels.ts';
import { Lowering } from './lowering.ts';
import type { LoweringTarget } from './target.ts';

export interface LoweredStep {
  readonly graph: OnnxGraph;
  /** One output for each parameter of every group that is trained. */
  readonly gradients: readonly GradientOutput[];
  /** What is known about the graph's values, by their names, for prints. */
  readonly notes: ReadonlyMap<string, ValueNote>;
}

/** A gradient among the graph's outputs: the parameter's values, in its order. */
export interface GradientOutput {
  readonly group: string;
  readonly parameter: ParameterEntry;
  readonly name: string;
  /** Extents of the output, where some of the parameter's may be joined. */
  readonly dims: readonly number[];
}

/** Outputs are float32 whatever they were, so that a step has one kind of result. */
function floatValue(lowering: Lowering, value: ValueId): string {
  const name = lowering.logical(value);
  return lowering.type(value).dtype === 'float32' ? name : lowering.cast(name, 'float32');
}

function lowerCall<Name extends KernelName>(lowering: Lowering, node: NodeOf<Name>): void {
  lowering.onnx.origin = `${node.phase}/${node.kernel}`;
  ruleOf(node.kernel).lower(lowering, node);
}

/** Lowers every node. `source` defines what stands for a parameter or an input. */
export function lowerNodes(
  lowering: Lowering,
  { graph }: StepGraph,
  source: (value: ValueId, name: string) => void,
): void {
  for (const node of graph.nodes) {
    if (node.kernel === CONSTANT) continue;
    if (node.kernel === PARAMETER || node.kernel === INPUT) source(node.outputs[0]!, node.attrs.name);
    else lowerCall(lowering, node);
  }
}

/**
 * One ONNX graph for the whole step: its parameters and inputs are the graph's inputs, its outputs and the
 * gradients of the trained groups are the graph's outputs.
 */
export function lower(
  step: StepGraph,
  parameters: Readonly<Record<string, ParameterLayout>>,
  target: LoweringTarget,
): LoweredStep {
  const lowering = new Lowering(step.graph, target);
  const { onnx } = lowering;
  lowerNodes(lowering, step, (value, name) => {
    const { shape, dtype } = lowering.type(value);
    lowering.define(value, onnx.input(name, dtype, shape), 'logical');
  });
  onnx.origin = 'output';
  for (const [name, value] of step.outputs) {
    onnx.output(name, floatValue(lowering, value), 'float32', lowering.shape(value));
  }
  const gradients = [...step.gradients].flatMap(([group, values]) =>
    gradientOutputs(lowering, group, parameters[group], values),
  );
  return { graph: onnx, gradients, notes: lowering.notes() };
}

function gradientOutputs(
  lowering: Lowering,
  group: string,
  layout: ParameterLayout | undefined,
  values: ReadonlyMap<string, ValueId>,
): GradientOutput[] {
  if (!layout) throw new Error(`The step returns gradients for ${group}, which is not a parameter group.`);
  return layout.entries.map((parameter) => {
    const full = parameterName(group, parameter.name);
    const gradient = values.get(parameter.name);
    if (gradient === undefined) throw new Error(`The step returns no gradient for ${full}.`);
    const name = `gradient/${full}`;
    // A reshape at the end would copy the product.
    const whole = { value: floatValue(lowering, gradient), dims: parameter.shape };
    const { value, dims } = lowering.onnx.beforeReshape(whole.value) ?? whole;
    lowering.onnx.output(name, value, 'float32', dims);
    return { group, parameter, name, dims };
  });
}
