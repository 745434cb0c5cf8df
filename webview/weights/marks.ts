import type { WeightsKind } from '../../src/protocol/statistics.ts';
import type { Theme } from '../components/theme.ts';

/** The color for a kind of weights, the same in every chart of the view. */
export function colorOf(kind: WeightsKind, theme: Theme): string {
  switch (kind) {
    case 'denoised':
      return theme.denoised;
    case 'fine-tuned':
    case 'checkpoint':
      return theme.fineTuned;
    case 'base':
      return theme.foreground;
    case 'zoo':
      return theme.zoo;
  }
}
