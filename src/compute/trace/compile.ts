/** From a step's function to a graph of kernels that holds no more than it needs, and from there to ONNX. */
import type { StepGraph } from '../graph/graph.ts';
import { type LoweredStep, lower } from '../lower/lower.ts';
import type { LoweringTarget } from '../lower/target.ts';
import type { StepDefinition } from '../types.ts';
import { Inspector } from './inspector.ts';
import { PASSES, type Pass } from './passes.ts';
import { withGradients } from './remove-dead.ts';
import { trace } from './trace.ts';

export interface CompiledStep {
  readonly definition: StepDefinition;
  readonly step: StepGraph;
  /** Looks at what becomes of the step after the passes. */
  readonly inspector: Inspector;
}

/** Traces a step once and runs the passes over what was recorded. */
export function compile(definition: StepDefinition, passes: readonly Pass[] = PASSES): CompiledStep {
  let step = trace(definition);
  const inspector = new Inspector(definition.name, step);
  inspector.inspect('trace', step, { deadAllowed: true });
  for (const { name, run, leavesDead } of passes) {
    step = run(step);
    inspector.inspect(name, step, { deadAllowed: leavesDead });
  }
  return { definition, step, inspector };
}

/**
 * Lowers a compiled step to one ONNX graph.
 * @param groups the parameter groups whose gradients are wanted; all that the step has by default
 */
export function lowerCompiled(
  { definition, step, inspector }: CompiledStep,
  target: LoweringTarget,
  groups: readonly string[] = [...step.gradients.keys()],
): LoweredStep {
  const narrowed = withGradients(step, groups);
  if (narrowed !== step) {
    inspector.inspect(`gradients-of-${groups.join('-and-') || 'nothing'}`, narrowed, { deadAllowed: false });
  }
  const lowered = lower(narrowed, definition.parameters, target);
  const blocks = target.blockSize > 1 ? `-blocks-of-${target.blockSize}` : '';
  inspector.inspectOnnx(`onnx-${target.device}${blocks}`, lowered.graph, lowered.notes);
  return lowered;
}
