/** The table of kernels: one rule for each tfjs kernel that the compiler knows (docs/compute.md). */

import { CONVOLUTIONS } from './convolution.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { IMAGE_KERNELS } from './image.ts';
import { INDEXING } from './indexing.ts';
import type { KernelRule } from './kernel-rule.ts';
import { MATRIX_PRODUCTS } from './matmul.ts';
import { ENLARGING_KERNELS } from './padding-and-tiling.ts';
import { REDUCTIONS } from './reduction.ts';
import { SHAPE_KERNELS } from './shape.ts';

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
