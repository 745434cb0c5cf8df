/** What one run of a compiled step costs, counted from its graph: the same on every machine. */
import { isSource, type StepGraph } from '../graph/graph.ts';
import type { KernelName } from '../graph/kernel-types.ts';
import type { CostPart, CountedCost } from '../lower/kernel-rule.ts';
import { ruleOf } from '../lower/kernels.ts';

/**
 * Floating-point operations; a multiplication and its addition are two. `forward`: convolutions and matrix products
 * of the forward pass. `inputGradients`: gradients with respect to what a layer is fed with. `filterGradients`:
 * gradients with respect to filters. `productGradients`: matrix products of the backward pass, where the two kinds
 * are one kernel.
 */
export type StepCost = Readonly<Record<CostPart | 'total', number>>;

export function stepCost({ graph }: StepGraph): StepCost {
  const cost = { forward: 0, inputGradients: 0, filterGradients: 0, productGradients: 0, total: 0 };
  for (const node of graph.nodes) {
    if (isSource(node)) continue;
    const counted: 'uncounted' | CountedCost<KernelName> = ruleOf(node.kernel).cost;
    if (counted === 'uncounted') continue;
    const inputs = node.inputs.map((input) => graph.type(input));
    const operations = counted.operations(inputs, graph.type(node.outputs[0]!), node.attrs);
    cost[counted.part[node.phase]] += operations;
    cost.total += operations;
  }
  return cost;
}
