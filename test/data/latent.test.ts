import { describe, expect, test } from 'vitest';
import { fitLatent, fromLatent, type LatentBasis, toLatent } from '../../src/data/latent.ts';
import { normalValues } from '../models/eager.ts';

const LENGTH = 300;

/** Vectors around 3 that differ in four random directions, most in the first. */
const directions = [8, 4, 2, 1].map((size, seed) => normalValues(LENGTH, seed, size));
const vectorAt = (weights: ArrayLike<number>) =>
  Float32Array.from({ length: LENGTH }, (_, i) =>
    directions.reduce((sum, direction, k) => sum + weights[k]! * direction[i]!, 3),
  );
const vectors = Array.from({ length: 12 }, (_, n) => vectorAt(normalValues(4, 100 + n)));

function basisOf(components: number): { basis: LatentBasis; explained: number } {
  const fitted = fitLatent(vectors, components);
  if (!('basis' in fitted)) throw new Error(`only ${fitted.directions} directions`);
  return fitted;
}

const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const distance = (a: Float32Array, b: Float32Array) => largest(a.map((value, i) => value - b[i]!));

describe('whitened principal components', () => {
  test('have mean 0, variance 1 and no correlation over the vectors', () => {
    const { basis } = basisOf(4);
    const latents = vectors.map((vector) => toLatent(basis, vector));
    const mean = (of: (latent: Float32Array) => number) =>
      latents.reduce((sum, latent) => sum + of(latent), 0) / latents.length;
    for (let i = 0; i < 4; i++) {
      expect(mean((latent) => latent[i]!)).toBeCloseTo(0, 5);
      for (let j = 0; j < 4; j++) {
        expect(mean((latent) => latent[i]! * latent[j]!)).toBeCloseTo(i === j ? 1 : 0, 5);
      }
    }
  });

  test('give every vector of their span back, one that they were not fitted to as well', () => {
    const { basis, explained } = basisOf(4);
    expect(explained).toBeCloseTo(1, 9);
    for (const vector of [...vectors, vectorAt([3, -2, 1, 5])]) {
      expect(distance(fromLatent(basis, toLatent(basis, vector)), vector)).toBeLessThan(
        2e-6 * largest(vector),
      );
    }
  });

  test('give the nearest vector of their span for one outside it', () => {
    const { basis, explained } = basisOf(2);
    expect(explained).toBeLessThan(1);
    for (const vector of vectors) {
      const near = fromLatent(basis, toLatent(basis, vector));
      for (let k = 0; k < 2; k++) {
        const along = vector.reduce(
          (sum, value, i) => sum + (value - near[i]!) * basis.axes[k * LENGTH + i]!,
          0,
        );
        expect(Math.abs(along)).toBeLessThan(1e-3);
      }
      expect(distance(near, vector)).toBeGreaterThan(0.1);
    }
  });

  test('are no more than the directions in which the vectors differ', () => {
    expect(fitLatent(vectors, 5)).toEqual({ directions: 4 });
    expect(fitLatent(vectors.slice(0, 3), 3)).toEqual({ directions: 2 });
    expect(fitLatent([vectors[0]!, vectors[0]!], 1)).toEqual({ directions: 0 });
  });
});
