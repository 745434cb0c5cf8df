/** The table of kernels: one rule for each tfjs kernel that the compiler knows (docs/how-to/add-a-kernel.md). */

import type { KernelName } from '../graph/kernel-types.ts';
import { CONVOLUTIONS } from './convolution.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { IMAGE_KERNELS } from './image.ts';
import { INDEXING } from './indexing.ts';
import type { KernelRule, KernelRules } from './kernel-rule.ts';
import { MATRIX_PRODUCTS } from './matmul.ts';
import { ENLARGING_KERNELS } from './padding-and-tiling.ts';
import { REDUCTIONS } from './reduction.ts';
import { SHAPE_KERNELS } from './shape.ts';

const RULES: KernelRules = {
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...MATRIX_PRODUCTS,
  ...SHAPE_KERNELS,
  ...ENLARGING_KERNELS,
  ...INDEXING,
  ...IMAGE_KERNELS,
  ...CONVOLUTIONS,
};

/** The rule of a kernel; undefined where the compiler does not know the kernel. */
export function findRule<Name extends KernelName>(kernel: Name): KernelRule<Name> | undefined {
  return RULES[kernel];
}

/** The rule of a kernel that is already in a graph. */
export function ruleOf<Name extends KernelName>(kernel: Name): KernelRule<Name> {
  const rule = findRule(kernel);
  if (!rule) throw new Error(`Kernel ${kernel} has no lowering rule.`);
  return rule;
}
