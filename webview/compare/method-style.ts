import type { Method } from '../../src/protocol/comparison.ts';
import type { Theme } from '../components/theme.ts';

/** Lengths of strokes and gaps in pixels; where two curves coincide, the dashed one lets both be seen. */
export const DASHES: Record<Method, readonly number[]> = {
  denoised: [],
  ridge: [6, 4],
  nearest: [],
  mean: [2, 3],
  fresh: [],
  sameGenerator: [8, 3, 2, 3],
  pix2pix: [],
};

/** Line width in pixels; wider for the denoised start, which the others are compared with. */
export function strokeWidth(method: Method): number {
  return method === 'denoised' ? 3 : 1.75;
}

/** Drawing order, the last on top: the denoised start above the others, the dashed ridge above it. */
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
