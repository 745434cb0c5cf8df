/** From a step's function to a graph of kernels that holds no more than it needs. */
import type { StepGraph } from '../graph/graph.ts';
import type { StepDefinition } from '../types.ts';
import { removeDead } from './remove-dead.ts';
import { simplify } from './simplify.ts';
import { trace } from './trace.ts';

export interface CompiledStep {
  readonly definition: StepDefinition;
  readonly step: StepGraph;
}

/** Traces a step once and simplifies what was recorded. */
export function compile(definition: StepDefinition): CompiledStep {
  return { definition, step: removeDead(simplify(trace(definition))) };
}
