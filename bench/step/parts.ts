import type { NodeTime } from './profile.ts';

const PRODUCTS = new Set([
  'Conv',
  'ConvTranspose',
  'FusedConv',
  'Gemm',
  'FusedGemm',
  'MatMul',
  'FusedMatMul',
]);
const LAYOUT = new Set(['ReorderInput', 'ReorderOutput', 'Transpose']);

/** Parts of a step, in display order. */
export const PARTS = [
  'forward',
  'dX',
  'dW',
  'norm, activation, loss',
  'layout',
  'optimizer',
  'between',
] as const;
export type Part = (typeof PARTS)[number];

export function partOf({ origin, op }: NodeTime): Part {
  const [phase, kernel] = origin.split('/');
  // Everything that forms the product, including slices and concatenations of columns.
  if (kernel === 'Conv2DBackpropFilter') return 'dW';
  if (PRODUCTS.has(op)) return phase === 'backward' ? 'dX' : 'forward';
  return LAYOUT.has(op) ? 'layout' : 'norm, activation, loss';
}
