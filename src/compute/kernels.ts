/** The table of kernels: one rule for each tfjs kernel that the compiler knows (docs/compute.md). */
import type { KernelRule } from './kernel-rule.ts';
import { CONVOLUTIONS } from './lower-convolution.ts';
import { ELEMENTWISE } from './lower-elementwise.ts';
import { ENLARGING_KERNELS } from './lower-enlarging.ts';
import { IMAGE_KERNELS } from './lower-image.ts';
import { INDEXING } from './lower-indexing.ts';
import { MATRIX_PRODUCTS } from './lower-matmul.ts';
import { REDUCTIONS } from './lower-reduction.ts';
import { SHAPE_KERNELS } from './lower-shape.ts';

const RULES = new Map<string, KernelRule>(
  [
    ELEMENTWISE,
    REDUCTIONS,
    MATRIX_PRODUCTS,
    SHAPE_KERNELS,
    ENLARGING_KERNELS,
    INDEXING,
    IMAGE_KERNELS,
    CONVOLUTIONS,
  ].flatMap((group) => Object.entries(group)),
);

export function findRule(kernel: string): KernelRule | undefined {
  return RULES.get(kernel);
}

/** The rule of a kernel that is already in a graph. */
export function ruleOf(kernel: string): KernelRule {
  const rule = RULES.get(kernel);
  if (!rule) throw new Error(`Kernel ${kernel} has no rule.`);
  return rule;
}
