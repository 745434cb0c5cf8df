import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { createExecutor } from '../../../src/compute/executor.ts';
import { layoutOf } from '../../../src/compute/layout.ts';
import { HostAdam } from '../../../src/compute/optimizer/host-adam.ts';
import { orthogonalized } from '../../../src/compute/optimizer/muon.ts';
import { nextName, optimizerStep } from '../../../src/compute/optimizer/optimizer.ts';
import {
  optimizerRates,
  RATE_PARTS,
  STATE_PARTS,
  type StatePart,
} from '../../../src/compute/optimizer/optimizer-state.ts';
import * as tf from '../../../src/compute/tfjs/tf.ts';
import type { MuonOptions } from '../../../src/compute/types.ts';
import { Random } from '../../../src/data/random.ts';
import { expectClose, report } from '../compare.ts';

const options: MuonOptions = { kind: 'muon', beta1: 0.8, beta2: 0.99, weightDecay: 0.1 };

/** Orthonormal rows, by Gram and Schmidt in float64. */
function orthonormal(rows: number, columns: number, random: Random): number[][] {
  const basis: number[][] = [];
  while (basis.length < rows) {
    let row = Array.from({ length: columns }, () => random.normal());
    for (const other of basis) {
      const along = row.reduce((sum, value, i) => sum + value * other[i]!, 0);
      row = row.map((value, i) => value - along * other[i]!);
    }
    const norm = Math.hypot(...row);
    basis.push(row.map((value) => value / norm));
  }
  return basis;
}

/** U diag(s) V, [m, n] row-major; u: [m][m], v: [m][n]. */
function product(u: readonly number[][], s: readonly number[], v: readonly number[][]): Float32Array {
  return Float32Array.from(
    u.flatMap((row) => v[0]!.map((_, j) => s.reduce((sum, size, k) => sum + row[k]! * size * v[k]![j]!, 0))),
  );
}

/** What the published iteration makes of one singular value. */
function iterated(value: number): number {
  let x = value;
  for (let iteration = 0; iteration < 5; iteration++) x = 3.4445 * x - 4.775 * x ** 3 + 2.0315 * x ** 5;
  return x;
}

/** A matrix with singular values known, and what becomes of it: the same directions, every singular value iterated. */
function example(seed: number, rows: number, columns: number) {
  const random = new Random(seed);
  const [u, v] = [orthonormal(rows, rows, random), orthonormal(rows, columns, random)];
  const sizes = Array.from({ length: rows }, (_, k) => 3 / (k + 1));
  const norm = Math.hypot(...sizes);
  return {
    matrix: product(u, sizes, v),
    wanted: product(
      u,
      sizes.map((size) => iterated(size / norm)),
      v,
    ),
  };
}

describe('orthogonalisation', () => {
  it('keeps the directions of every matrix of a stack and levels their singular values', async () => {
    await tf.setBackend('cpu');
    const [first, second] = [example(1, 8, 20), example(2, 8, 20)];
    const stack = tf.tensor3d(Float32Array.from([...first.matrix, ...second.matrix]), [2, 8, 20]);
    const found = orthogonalized(stack).dataSync<'float32'>();
    expectClose(found, Float32Array.from([...first.wanted, ...second.wanted]), 2e-5, 'matrices');
  });

  it('brings singular values to about one', () => {
    for (const size of [1, 0.5, 0.1, 0.01]) {
      expect(iterated(size)).toBeGreaterThan(0.65);
      expect(iterated(size)).toBeLessThan(1.25);
    }
  });

  it('makes nothing of nothing', async () => {
    await tf.setBackend('cpu');
    expect(
      orthogonalized(tf.zeros([1, 6, 7]))
        .dataSync()
        .every((value) => value === 0),
    ).toBe(true);
  });
});

const layout = layoutOf({
  wide: [8, 20],
  bias: [10],
  // A convolution: its last axis against all others, which are more.
  tall: [2, 10, 8],
  thin: [40, 3],
});

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: matrix.length }, (_, i) => {
    const [row, column] = [i % rows, Math.floor(i / rows)];
    return matrix[row * columns + column]!;
  });
}

async function update(
  device: 'cpu' | 'tfjs',
  state: Record<'values' | 'moment1' | 'moment2' | 'gradient', Float32Array>,
  stepCount: number,
) {
  const rates = optimizerRates(options, 0.05, stepCount);
  const executor = await createExecutor(optimizerStep(layout, options), {
    device: await report(device),
    values: {},
  });
  const next = await executor.run({
    ...state,
    ...Object.fromEntries(RATE_PARTS.map((part) => [part, Float32Array.of(rates[part])])),
  });
  await executor.dispose();
  return Object.fromEntries(STATE_PARTS.map((part) => [part, next[nextName(part)]!])) as Record<
    StatePart,
    Float32Array
  >;
}

describe.each(['cpu', 'tfjs'] as const)('one step of Muon (%s)', (device) => {
  it('moves matrices by their orthogonalised momentum and the rest as Adam does', async () => {
    const random = new Random(9);
    const vector = () => random.fillNormal(new Float32Array(layout.size));
    const [values, gradient] = [vector(), vector()];
    const [wide, tall] = [example(3, 8, 20), example(4, 8, 20)];
    gradient.set(wide.matrix, layout.entries[0]!.offset);
    gradient.set(transposed(tall.matrix, 8, 20), layout.entries[2]!.offset);
    const zero = () => new Float32Array(layout.size);
    const next = await update(device, { values, moment1: zero(), moment2: zero(), gradient }, 1);

    const adam = new HostAdam(values, { ...options, kind: 'adam' });
    adam.gradient.set(gradient);
    adam.update(optimizerRates(options, 0.05, 1));
    const wanted = adam.values.slice();
    // At first the momentum points where the gradient does: kept weights less 0.2 sqrt(20) of it at the learning rate.
    for (const [entry, directions] of [
      [layout.entries[0]!, wide.wanted],
      [layout.entries[2]!, transposed(tall.wanted, 8, 20)],
    ] as const) {
      directions.forEach((direction, i) => {
        const at = entry.offset + i;
        wanted[at] = values[at]! * (1 - 0.05 * 0.1) - 0.05 * 0.2 * Math.sqrt(20) * direction;
      });
    }
    expectClose(next.values, wanted, 2e-5, 'values');
    expectClose(next.moment1, adam.moment1, 1e-6, 'moment1');
    expectClose(next.moment2, adam.moment2, 1e-6, 'moment2');
  });

  it('looks a step ahead of the momentum', async () => {
    const [before, now] = [example(5, 8, 20), example(6, 8, 20)];
    const { offset, size } = layout.entries[0]!;
    const state = {
      values: new Float32Array(layout.size),
      moment1: new Float32Array(layout.size),
      moment2: new Float32Array(layout.size).fill(1),
      gradient: new Float32Array(layout.size),
    };
    // With this momentum and gradient, beta (beta m + (1 - beta) g) + (1 - beta) g is `before`'s matrix again.
    const { beta1 } = options;
    state.gradient.set(now.matrix, offset);
    state.moment1.set(
      before.matrix.map((value, i) => (value - (1 + beta1) * (1 - beta1) * now.matrix[i]!) / beta1 ** 2),
      offset,
    );
    const next = await update(device, state, 7);
    const found = next.values.slice(offset, offset + size);
    const wanted = before.wanted.map((direction) => -0.05 * 0.2 * Math.sqrt(20) * direction);
    expectClose(found, wanted, 2e-5, 'values');
  });
});
