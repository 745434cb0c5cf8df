/** What one run of a compiled step costs, counted from its graph: the same on every machine. */
import type { BatchMatMulAttrs } from '@tensorflow/tfjs-core/dist/kernel_names.js';
import type { KernelGraph, KernelNode, StepGraph } from '../graph/graph.ts';
import { sizeOf } from '../layout.ts';
import { attributes } from '../lower/kernel-rule.ts';

/** Floating-point operations; a multiplication and its addition are two. */
export interface StepCost {
  /** Convolutions and matrix products of the forward pass. */
  readonly forward: number;
  /** Gradients with respect to what a layer is fed with. */
  readonly inputGradients: number;
  /** Gradients with respect to filters. */
  readonly filterGradients: number;
  /** Matrix products of the backward pass, where the two kinds are one kernel. */
  readonly productGradients: number;
  readonly total: number;
}

function convolution(output: readonly number[], filter: readonly number[]): number {
  const [height, width, input] = filter;
  return 2 * sizeOf(output) * height! * width! * input!;
}

/** Every tap counts, also those that fall on padding; element-wise kernels and reductions do not. */
function operations(graph: KernelGraph, { kernel, inputs, attrs, outputs }: KernelNode): number {
  const shape = (index: number) => graph.type(inputs[index]!).shape;
  const output = graph.type(outputs[0]!).shape;
  switch (kernel) {
    case 'Conv2D':
      return convolution(output, shape(1));
    // Both cost what the convolution costs whose gradients they are.
    case 'Conv2DBackpropInput':
      return convolution(shape(0), shape(1));
    case 'Conv2DBackpropFilter':
      return convolution(shape(1), output);
    case 'BatchMatMul': {
      const { transposeA } = attributes<BatchMatMulAttrs>(attrs);
      return 2 * sizeOf(output) * shape(0).at(transposeA ? -2 : -1)!;
    }
    default:
      return 0;
  }
}

function partOf({ kernel, phase }: KernelNode): keyof Omit<StepCost, 'total'> {
  if (kernel === 'Conv2DBackpropFilter') return 'filterGradients';
  if (phase === 'forward') return 'forward';
  return kernel === 'BatchMatMul' ? 'productGradients' : 'inputGradients';
}

export function stepCost({ graph }: StepGraph): StepCost {
  const cost = { forward: 0, inputGradients: 0, filterGradients: 0, productGradients: 0, total: 0 };
  for (const node of graph.nodes) {
    const count = operations(graph, node);
    cost[partOf(node)] += count;
    cost.total += count;
  }
  return cost;
}
