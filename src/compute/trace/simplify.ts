/** Rebuilds a graph call by call and replaces each by something simpler where a rule knows how. */
import {
  type Attributes,
  CONSTANT,
  isSource,
  KernelGraph,
  type StepGraph,
  type ValueId,
  withGraph,
} from '../graph/graph.ts';
import type { KernelName } from '../graph/kernel-types.ts';
import { inferTypes } from '../lower/kernel-rule.ts';
import { ruleOf } from '../lower/kernels.ts';
import { type Call, REWRITING_RULES, type Rewriter, type RewritingRule } from './rewriting-rules.ts';

class Simplifier implements Rewriter {
  readonly graph = new KernelGraph();

  constructor(private readonly rules: readonly RewritingRule[]) {}

  add<Name extends KernelName>(
    kernel: Name,
    inputs: readonly ValueId[],
    attrs: Attributes[Name],
  ): readonly ValueId[] {
    const inputTypes = inputs.map((input) => this.graph.type(input));
    const types = inferTypes(ruleOf(kernel), inputTypes, attrs);
    const call = { kernel, inputs, attrs, types } as Call;
    for (const rewrite of this.rules) {
      const values = rewrite(call, this);
      if (values) return values;
    }
    return this.graph.add(kernel, inputs, attrs, types);
  }
}

/**
 * Folds uniform tensors, drops calls that change nothing, and shares equal ones. One walk: no rule needs another's
 * work on a later node.
 * @param rules those to apply, in this order
 */
export function simplify(
  step: StepGraph,
  rules: readonly RewritingRule[] = Object.values(REWRITING_RULES),
): StepGraph {
  const simplifier = new Simplifier(rules);
  const { graph } = simplifier;
  const mapped: ValueId[] = [];
  for (const node of step.graph.nodes) {
    graph.phase = node.phase;
    const outputs =
      node.kernel === CONSTANT
        ? [graph.constant(node.attrs.constant, step.graph.type(node.outputs[0]!))]
        : isSource(node)
          ? graph.add(node.kernel, [], node.attrs, [step.graph.type(node.outputs[0]!)])
          : simplifier.add(
              node.kernel,
              node.inputs.map((input) => mapped[input]!),
              node.attrs,
            );
    node.outputs.forEach((output, index) => {
      mapped[output] = outputs[index]!;
    });
  }
  return withGraph(step, graph, mapped);
}
