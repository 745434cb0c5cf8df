import { describe, expect, it } from 'vitest';
import { concatLayouts, layoutOf, viewParameters } from '../../src/compute/layout.ts';

describe('parameter layouts', () => {
  const layout = layoutOf({ weight: [2, 3], scale: [] });

  it('lay parameters one after the other', () => {
    expect(layout).toEqual({
      entries: [
        { name: 'weight', shape: [2, 3], offset: 0, size: 6 },
        { name: 'scale', shape: [], offset: 6, size: 1 },
      ],
      size: 7,
    });
  });

  it('view the vector without a copy', () => {
    const flat = Float32Array.from({ length: 7 }, (_, index) => index);
    const { weight, scale } = viewParameters(layout, flat);
    scale![0] = 42;
    expect([...weight!, flat[6]]).toEqual([0, 1, 2, 3, 4, 5, 42]);
  });

  it('join under prefixes', () => {
    const joined = concatLayouts({ a: layout, b: layout });
    expect(joined.size).toBe(14);
    expect(joined.entries.map(({ name, offset }) => [name, offset])).toEqual([
      ['a.weight', 0],
      ['a.scale', 6],
      ['b.weight', 7],
      ['b.scale', 13],
    ]);
  });

  it('refuse impossible shapes and vectors of another length', () => {
    expect(() => layoutOf({ weight: [2, 0] })).toThrow(/weight has shape \[2,0\]/);
    expect(() => viewParameters(layout, new Float32Array(6))).toThrow(
      'Expected a flat vector of 7 values, found 6',
    );
  });
});
