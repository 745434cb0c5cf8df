/** Lowers a step's kernels to one ONNX graph. */
import { CONSTANT, INPUT, PARAMETER, type StepGraph, type ValueId } from './graph.ts';
import { ruleOf } from './kernels.ts';
import { Lowering } from './lowering.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import type { OnnxDevice } from './session.ts';
import { parameterName } from './trace.ts';
import type { ParameterLayout } from './types.ts';

export interface LoweredStep {
  readonly graph: OnnxGraph;
  /** Groups with gradients; each is returned as one flat vector in the group's layout. */
  readonly gradients: readonly string[];
}

/** Names a group's flat gradient among the graph's outputs. */
export function gradientName(group: string): string {
  return `gradient/${group}`;
}

/** Outputs are float32 whatever they were, so that a step has one kind of result. */
function floatValue(lowering: Lowering, value: ValueId): string {
  const name = lowering.logical(value);
  return lowering.type(value).dtype === 'float32' ? name : lowering.cast(name, 'float32');
}

/** Lowers every node; `source` says what stands for the parameters and inputs. */
export function lowerNodes(
  lowering: Lowering,
  { graph }: StepGraph,
  source: (value: ValueId, name: string) => void,
): void {
  for (const node of graph.nodes) {
    if (node.kernel === CONSTANT) continue;
    if (node.kernel === PARAMETER || node.kernel === INPUT)
      source(node.outputs[0]!, node.attrs.name as string);
    else ruleOf(node.kernel).lower(lowering, node);
  }
}

/**
 * One ONNX graph for the whole step: its parameters and inputs are the graph's inputs, its outputs and one
 * flat gradient per trained group are the graph's outputs.
 */
export function lower(
  step: StepGraph,
  parameters: Readonly<Record<string, ParameterLayout>>,
  device: OnnxDevice,
): LoweredStep {
  const lowering = new Lowering(step.graph, device);
  const { onnx } = lowering;
  lowerNodes(lowering, step, (value, name) => {
    const { shape, dtype } = lowering.type(value);
    lowering.define(value, onnx.input(name, dtype, shape), 'logical');
  });
  for (const [name, value] of step.outputs) {
    onnx.output(name, floatValue(lowering, value), 'float32', lowering.shape(value));
  }
  for (const [group, gradients] of step.gradients) {
    const layout = parameters[group];
    if (!layout) throw new Error(`The step returns gradients for ${group}, which is not a parameter group.`);
    const flat = layout.entries.map(({ name, size }) => {
      const gradient = gradients.get(name);
      if (gradient === undefined)
        throw new Error(`The step returns no gradient for ${parameterName(group, name)}.`);
      return onnx.reshape(floatValue(lowering, gradient), [size]);
    });
    onnx.output(gradientName(group), onnx.concat(flat, 0), 'float32', [layout.size]);
  }
  return { graph: onnx, gradients: [...step.gradients.keys()] };
}
