import type { WeightsKind } from '../../src/protocol/statistics.ts';
import type { Theme } from '../components/theme.ts';

/** One colour for one kind of weights, in every chart of the view. */
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
