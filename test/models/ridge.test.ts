import { describe, expect, it } from 'vitest';
import { Random } from '../../src/data/random.ts';
import type { Between } from '../../src/data/unless-stopped.ts';
import { fitRidge, leaveOneOutPredictions, predictRidge, ridgeLeverage } from '../../src/models/ridge.ts';

/** Solves a x = b by Gaussian elimination with pivoting. */
function solve(a: number[][], b: number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]!]);
  for (let i = 0; i < rows.length; i++) {
    const pivot = rows
      .slice(i)
      .reduce((best, row, k) => (Math.abs(row[i]!) > Math.abs(rows[best]![i]!) ? i + k : best), i);
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    for (let j = 0; j < rows.length; j++) {
      if (j === i) continue;
      const ratio = rows[j]![i]! / rows[i]![i]!;
      rows[j] = rows[j]!.map((value, k) => value - ratio * rows[i]![k]!);
    }
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}

/** Rows with a 1 behind their features, and their penalized products. */
function normalEquations(
  features: Float32Array[],
  lambda: number,
): { design: number[][]; normal: number[][] } {
  const d = features[0]!.length;
  const design = features.map((row) => [...row, 1]);
  const normal = Array.from({ length: d + 1 }, (_, i) =>
    Array.from({ length: d + 1 }, (_, j) => {
      const penalty = i === j && i < d ? lambda : 0;
      return design.reduce((sum, row) => sum + row[i]! * row[j]!, penalty);
    }),
  );
  return { design, normal };
}

/** z' (Z'Z + lambda I)^-1 z from the normal equations. */
function directLeverage(features: Float32Array[], lambda: number, query: Float32Array): number {
  const z = [...query, 1];
  return solve(normalEquations(features, lambda).normal, z).reduce((sum, value, i) => sum + value * z[i]!, 0);
}

/**
 * Ridge with an unpenalized intercept from its normal equations in the features, one target at a time.
 * @returns the prediction for `query`
 */
function direct(
  features: Float32Array[],
  targets: Float32Array[],
  lambda: number,
  query: Float32Array,
): number[] {
  const d = features[0]!.length;
  const { design, normal } = normalEquations(features, lambda);
  return Array.from(targets[0]!, (_, target) => {
    const right = Array.from({ length: d + 1 }, (_, i) =>
      design.reduce((sum, row, n) => sum + row[i]! * targets[n]![target]!, 0),
    );
    const weights = solve(normal, right);
    return query.reduce((sum, value, i) => sum + value * weights[i]!, weights[d]!);
  });
}

function problem(count: number, words: number, size: number, noise: number, seed: number) {
  const random = new Random(seed);
  const truth = Array.from({ length: words }, () => random.fillNormal(new Float32Array(size)));
  const features = Array.from({ length: count }, () =>
    Float32Array.from({ length: words }, () => (random.uniform() < 0.4 ? 1 : 0)),
  );
  const targets = features.map((row) =>
    Float32Array.from({ length: size }, (_, i) =>
      row.reduce((sum, value, word) => sum + value * truth[word]![i]!, 3 + noise * random.normal()),
    ),
  );
  return { features, targets, truth };
}

describe.each([
  ['more examples than words', 20, 6],
  ['fewer examples than words', 8, 12],
])('%s', async (_, count, words) => {
  const { features, targets } = problem(count, words, 5, 0.5, 1);
  const model = await fitRidge(features, targets);
  const query = Float32Array.from({ length: words }, (_, i) => i % 2);

  it('predicts what the normal equations give', () => {
    const expected = direct(features, targets, model.lambda, query);
    for (const [i, value] of predictRidge(model, query).entries()) expect(value).toBeCloseTo(expected[i]!, 4);
  });

  it('predicts an example from the others as if it had been fitted without it', async () => {
    const examples = [0, 3, count - 1];
    const leftOut = await leaveOneOutPredictions(features, targets, model.lambda, examples);
    for (const [place, i] of examples.entries()) {
      const others = features.filter((_, j) => j !== i);
      const expected = direct(
        others,
        targets.filter((_, j) => j !== i),
        model.lambda,
        features[i]!,
      );
      expect([...leftOut[place]!.prediction]).toEqual(expected.map((value) => expect.closeTo(value, 4)));
      expect(leftOut[place]!.leverage).toBeCloseTo(directLeverage(others, model.lambda, features[i]!), 6);
    }
  });

  it('gives the leverage of the normal equations', async () => {
    for (const lambda of [0.05, 1, 20]) {
      expect(await ridgeLeverage(features, lambda, query)).toBeCloseTo(
        directLeverage(features, lambda, query),
        6,
      );
    }
  });

  it('knows its leave-one-out error without refitting', () => {
    const leftOut = (predict: (keep: (i: number) => boolean, i: number) => number[]) =>
      targets.reduce((sum, target, i) => {
        const prediction = predict((j) => j !== i, i);
        return sum + target.reduce((inner, value, k) => inner + (value - prediction[k]!) ** 2, 0);
      }, 0);
    const ridge = leftOut((keep, i) => {
      const [x, y] = [features.filter((_, j) => keep(j)), targets.filter((_, j) => keep(j))];
      return direct(x, y, model.lambda, features[i]!);
    });
    const mean = leftOut((keep) => {
      const others = targets.filter((_, j) => keep(j));
      return Array.from(others[0]!, (_, k) => others.reduce((sum, o) => sum + o[k]! / others.length, 0));
    });
    expect(model.leaveOneOutError).toBeCloseTo(ridge / mean, 4);
  });
});

it('finds a linear map and trusts it', async () => {
  const { features, targets, truth } = problem(40, 5, 30, 0, 2);
  const model = await fitRidge(features, targets);
  const prediction = predictRidge(model, Float32Array.of(0, 1, 0, 0, 1));
  for (const [i, value] of prediction.entries())
    expect(value).toBeCloseTo(3 + truth[1]![i]! + truth[4]![i]!, 2);
  expect(model.leaveOneOutError).toBeLessThan(0.001);
});

it('penalizes heavily where the features tell nothing', async () => {
  const random = new Random(3);
  const { features, targets: linear } = problem(12, 8, 50, 0, 4);
  const unrelated = features.map(() => random.fillNormal(new Float32Array(50)));
  const model = await fitRidge(features, unrelated);
  expect(model.lambda).toBeGreaterThan((await fitRidge(features, linear)).lambda);
  expect(model.leaveOneOutError).toBeLessThan(1.1);
});

it('predicts the mean where all features are alike', async () => {
  const features = [0, 1, 2].map(() => Float32Array.of(1, 0));
  const targets = [1, 2, 6].map((value) => Float32Array.of(value));
  expect(predictRidge(await fitRidge(features, targets), Float32Array.of(1, 0))[0]).toBeCloseTo(3, 6);
});

it('needs three examples', async () => {
  const two = [Float32Array.of(1), Float32Array.of(2)];
  await expect(fitRidge(two, two)).rejects.toThrow(/three examples or more/);
});

it('lets the caller do other things between its parts, and ends with their error', async () => {
  const { features, targets } = problem(8, 5, 3, 0, 2);
  const examples = [0, 3];
  for (const work of [
    (between: Between) => fitRidge(features, targets, between),
    (between: Between) => leaveOneOutPredictions(features, targets, 1, examples, between),
  ]) {
    const told: number[] = [];
    const totals = new Set<number>();
    await work(async (done, total) => {
      told.push(done);
      totals.add(total);
    });
    // As many parts as announced, and more than one for each example.
    expect([...totals]).toEqual([told.length]);
    expect(told).toEqual(told.map((_, i) => i + 1));
    expect(told.length).toBeGreaterThan(2 * features.length);
    await expect(work(() => Promise.reject(new Error('stopped')))).rejects.toThrow('stopped');
  }
});
