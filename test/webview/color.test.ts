import { describe, expect, it } from 'vitest';
import { contrast, mix, type Rgb, ramp, standingOut } from '../../webview/components/color.ts';

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

describe('contrast', () => {
  it('gives the ratios of the WCAG definition', () => {
    expect(contrast(BLACK, WHITE)).toBeCloseTo(21, 10);
    expect(contrast(WHITE, WHITE)).toBe(1);
    // #767676 is the well-known lightest gray with 4.5:1 on white.
    expect(contrast([0x76, 0x76, 0x76], WHITE)).toBeGreaterThan(4.5);
    expect(contrast([0x77, 0x77, 0x77], WHITE)).toBeLessThan(4.5);
  });
});

describe('mix', () => {
  it('keeps the ends', () => {
    expect(mix([59, 164, 249], [204, 167, 0], 0)).toEqual([59, 164, 249]);
    expect(mix([59, 164, 249], [204, 167, 0], 1)).toEqual([204, 167, 0]);
  });

  it('halves black to white at Oklab lightness 0.5, which is sRGB 99', () => {
    // L = cbrt(Y) for grays: 0.5³ = 0.125 linear, 1.055 · 0.125^(1/2.4) − 0.055 = 0.388 of 255.
    expect(mix(BLACK, WHITE, 0.5)).toEqual([99, 99, 99]);
  });
});

describe('standingOut', () => {
  it.each([
    ['dark', [31, 31, 31], [204, 204, 204]],
    ['light', [255, 255, 255], [59, 59, 59]],
    ['high contrast', BLACK, WHITE],
  ] as [string, Rgb, Rgb][])('reaches the ratio and little more on a %s ground', (_, ground, foreground) => {
    for (const ratio of [1.3, 1.7, 3.2, 4.5]) {
      const reached = contrast(ground, standingOut(ground, foreground, ratio));
      expect(reached).toBeGreaterThanOrEqual(ratio);
      expect(reached).toBeLessThan(ratio * 1.25);
    }
  });
});

describe('ramp', () => {
  it('passes through its stops and clamps outside', () => {
    const stops: Rgb[] = [
      [26, 133, 255],
      [40, 40, 40],
      [241, 76, 76],
    ];
    const colors = ramp(stops);
    expect([-1, 0, 0.5, 1, 7].map(colors)).toEqual([stops[0], stops[0], stops[1], stops[2], stops[2]]);
  });
});
