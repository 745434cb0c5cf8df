/** The passes between tracing and lowering. Each is one walk over the graph; none loops to a fixed point. */
import type { StepGraph } from '../graph/graph.ts';
import { removeDead } from './remove-dead.ts';
import { simplify } from './simplify.ts';

export interface Pass {
  readonly name: string;
  readonly run: (step: StepGraph) => StepGraph;
  /** Whether the result may hold nodes that no output and no gradient needs. */
  readonly leavesDead: boolean;
}

/** Every pass, in the order in which they run. */
export const PASSES: readonly Pass[] = [
  { name: 'simplify', run: (step) => simplify(step), leavesDead: true },
  { name: 'remove-dead', run: removeDead, leavesDead: false },
];
