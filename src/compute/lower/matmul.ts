/** Matrix products. */
import type { ValueId } from '../graph/graph.ts';
import { sizeOf } from '../layout.ts';
import { broadcast_util as broadcast } from '../tfjs/tf.ts';
import type { KernelRules } from './kernel-rule.ts';
import type { Lowering } from './lowering.ts';

/** Exchanges the last two axes of a value. */
function transposed({ onnx }: Lowering, value: string, shape: readonly number[]): string {
  const rank = shape.length;
  const permutation = shape.map((_, axis) =>
    axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis,
  );
  return onnx.transpose(value, shape, permutation);
}

export const MATRIX_PRODUCTS = {
  BatchMatMul: {
    inputs: ['a', 'b'],
    infer: ([a, b], attrs) => {
      const { transposeA, transposeB } = attrs;
      const batch = broadcast.assertAndGetBroadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
      const rows = a!.shape.at(transposeA ? -1 : -2)!;
      const columns = b!.shape.at(transposeB ? -2 : -1)!;
      return { shape: [...batch, rows, columns], dtype: 'float32' };
    },
    fold: 'never',
    // The gradients of both operands are products, too: which is which cannot be told from the kernel.
    cost: {
      part: { forward: 'forward', backward: 'productGradients' },
      operations: ([a], output, { transposeA }) =>
        2 * sizeOf(output.shape) * a!.shape.at(transposeA ? -2 : -1)!,
    },
    lower: (lowering, node) => {
      const { transposeA, transposeB } = node.attrs;
      const [a, b] = node.inputs as [ValueId, ValueId];
      const [shapeA, shapeB] = [lowering.shape(a), lowering.shape(b)];
      let [left, right] = [lowering.logical(a), lowering.logical(b)];
      let value: string;
      if (shapeA.length === 2 && shapeB.length === 2) {
        // A wide result of a transposed left operand is faster the other way round, since the left one is packed again
        // for every stretch of columns (4096 rows, 64 by 512: 2.8 ms; 2.4 with the result transposed).
        if (transposeA && !transposeB && shapeB[1]! >= 4 * shapeA[1]!) {
          const product = lowering.onnx.add('Gemm', [right, left], { transA: { int: 1 } });
          const turned = transposed(lowering, product, [shapeB[1]!, shapeA[1]!]);
          lowering.define(node.outputs[0]!, turned, 'logical');
          return;
        }
        // Gemm transposes as it packs, on every engine.
        value = lowering.onnx.add('Gemm', [left, right], {
          transA: { int: transposeA ? 1 : 0 },
          transB: { int: transposeB ? 1 : 0 },
        });
      } else {
        // The CPU engine fuses Transpose + MatMul into one node by itself, but is slow at transposing a large left
        // operand.
        // aᵀ b = (bᵀ a)ᵀ transposes the small one and the result (8 heads of 1024 x 1024 by 1024 x 32: 10 ms; 4).
        if (transposeA && sizeOf(shapeA) > 4 * sizeOf(shapeB)) {
          const turned = transposeB ? right : transposed(lowering, right, shapeB);
          const product = lowering.onnx.add('MatMul', [turned, left]);
          const shape = lowering.shape(node.outputs[0]!);
          const before = [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
          lowering.define(node.outputs[0]!, transposed(lowering, product, before), 'logical');
          return;
        }
        if (transposeA) left = transposed(lowering, left, shapeA);
        if (transposeB) right = transposed(lowering, right, shapeB);
        value = lowering.onnx.add('MatMul', [left, right]);
      }
      lowering.define(node.outputs[0]!, value, 'logical');
    },
  },
} satisfies KernelRules;
