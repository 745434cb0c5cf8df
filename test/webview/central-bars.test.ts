import { describe, expect, it } from 'vitest';
import { centralBars } from '../../webview/weights/central-bars.ts';

/** Bars of width 0.5 from -2, by the share of the set in each. */
function histogram(weights: number[], zoo: number[]) {
  const densities = (shares: number[]) => shares.map((share) => share / 0.5);
  const edges = Array.from({ length: weights.length + 1 }, (_, i) => -2 + 0.5 * i);
  return { edges, weights: densities(weights), zoo: densities(zoo) };
}

describe('centralBars', () => {
  it('cuts tails of a thousandth on either side, and no more', () => {
    const cut = centralBars(
      histogram([0, 0, 0.5, 0.5, 0, 0, 0, 0], [0.0005, 0.0004, 0.2, 0.5, 0.2971, 0.0011, 0.0005, 0.0004]),
    );
    expect(cut.edges).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(cut.zoo).toEqual([0.4, 1, 0.5942, 0.0022]);
    expect(cut.weights).toEqual([1, 1, 0, 0]);
  });

  it('keeps what either set needs', () => {
    const cut = centralBars(histogram([0, 0, 0, 0, 0, 0, 0.5, 0.5], [0.5, 0.5, 0, 0, 0, 0, 0, 0]));
    expect(cut.edges).toHaveLength(9);
  });

  it('goes by the weights where the zoo is empty', () => {
    const cut = centralBars(histogram([0, 0, 0.5, 0.5, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0]));
    expect(cut.edges).toEqual([-1, -0.5, 0]);
  });
});
