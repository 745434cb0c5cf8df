/** Leaves out of a graph what the step does not return. */
import {
  CONSTANT,
  type GraphNode,
  KernelGraph,
  resultsOf,
  type StepGraph,
  type ValueId,
  withGraph,
} from '../graph/graph.ts';

/** Keeps only what the outputs and gradients need. Inputs and parameters that nothing needs go too. */
export function removeDead(step: StepGraph): StepGraph {
  const live = new Set<GraphNode>();
  const pending = resultsOf(step).map((value) => step.graph.producer(value));
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
    graph.phase = node.phase;
    const outputs =
      node.kernel === CONSTANT
        ? [graph.constant(node.attrs.constant, types[0]!)]
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
  return withGraph(step, graph, mapped);
}

/** The step with the gradients of these groups only, and no more than they and its outputs need. */
export function withGradients(step: StepGraph, groups: readonly string[]): StepGraph {
  if (groups.length === step.gradients.size) return step;
  const gradients = new Map([...step.gradients].filter(([group]) => groups.includes(group)));
  return removeDead({ ...step, gradients });
}
