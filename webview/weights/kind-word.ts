import * as l10n from '@vscode/l10n';
import type { WeightsKind } from '../../src/protocol/statistics.ts';

/** The word for a kind of weights in a column header and beside a concept. */
export function kindWord(kind: WeightsKind): string {
  const words: Record<WeightsKind, string> = {
    base: l10n.t('base'),
    zoo: l10n.t('zoo'),
    denoised: l10n.t('denoised'),
    'fine-tuned': l10n.t('fine-tuned'),
    checkpoint: l10n.t('checkpoint'),
  };
  return words[kind];
}
