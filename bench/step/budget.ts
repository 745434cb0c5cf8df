/**
 * Cost of a step in figures that are the same on every machine, with their limits: `--check` fails if one of them
 * grows.
 */

import { sizeOf } from '../../src/compute/layout.ts';
import { lower } from '../../src/compute/lower/lower.ts';
import { compile } from '../../src/compute/trace/compile.ts';
import { stepCost } from '../../src/compute/trace/cost.ts';
import type { Workload } from './workloads.ts';

/** The CPU engine's block size on AVX-512 and ARM, independent of this machine, because the graph depends on it. */
const TARGET = { device: 'cpu', blockSize: 16 } as const;

export interface Budget {
  /** Floating-point operations of convolutions and matrix products, in units of 10^9. */
  readonly gigaflop: number;
  /** Number of operators in the graph, before the runtime's own passes. */
  readonly nodes: number;
  /** Bytes that a step copies between JavaScript and the runtime: the batch and the outputs. */
  readonly copiedBytes: number;
  /** Bytes of constants in the graph, including frozen weights and index tables. */
  readonly constantBytes: number;
}

export function budgetOf({ step }: Workload): Budget {
  const compiled = compile(step);
  const { graph } = lower(compiled.step, step.parameters, TARGET);
  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  // Parameters and gradients are bound in place; only the batch is copied in and the outputs are copied out.
  const batch = Object.entries(step.inputs).filter(([name]) => used.has(name));
  const moved = [
    ...batch.map(([, { shape }]) => shape),
    ...[...compiled.step.outputs.values()].map((value) => compiled.step.graph.type(value).shape),
  ];
  const constants = [...graph.initializers.values()].filter(({ name }) => used.has(name));
  return {
    gigaflop: Number((stepCost(compiled.step).total / 1e9).toFixed(3)),
    nodes: graph.nodes.length,
    copiedBytes: 4 * moved.reduce((sum, shape) => sum + sizeOf(shape), 0),
    constantBytes: constants.reduce((sum, { data }) => sum + data.byteLength, 0),
  };
}

/** One line for each figure that is above its budget. */
export function excesses(name: string, found: Budget, allowed: Budget | undefined): string[] {
  if (!allowed) return [`${name} has no budget: run \`npm run bench -- step --write-budget\``];
  return (Object.keys(found) as (keyof Budget)[])
    .filter((key) => found[key] > allowed[key])
    .map((key) => `${name}: ${key} grew from ${allowed[key]} to ${found[key]}`);
}
