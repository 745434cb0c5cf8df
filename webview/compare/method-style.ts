import type { Method } from '../../src/protocol/comparison.ts';
import type { Theme } from '../components/theme.ts';

/** Lengths of strokes and gaps, in pixels; where two methods coincide, the dashed one shows both. */
export const DASHES: Record<Method, readonly number[]> = {
  denoised: [],
  ridge: [6, 4],
  nearest: [],
  mean: [2, 3],
  fresh: [],
  sameGenerator: [8, 3, 2, 3],
  pix2pix: [],
};

/** The denoised start is what the others are compared with. */
export function strokeWidth(method: Method): number {
  return method === 'denoised' ? 3 : 1.75;
}

/** Later ones lie on top: the denoised start over the others, and ridge dashed over it. */
export function drawingOrder(method: Method): number {
  return method === 'ridge' ? 2 : method === 'denoised' ? 1 : 0;
}

export function colorOf(method: Method, { series, muted, denoised }: Theme): string {
  const [, yellow, green, purple, red, foreground] = series as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const colors: Record<Method, string> = {
    denoised,
    ridge: yellow,
    nearest: purple,
    mean: muted,
    fresh: green,
    sameGenerator: foreground,
    pix2pix: red,
  };
  return colors[method];
}
