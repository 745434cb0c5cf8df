import * as l10n from '@vscode/l10n';
import type { Method } from '../../src/protocol/comparison.ts';

/** The name of a start in the editor's language; METHODS has the engine's names. */
export function methodName(method: Method): string {
  const names: Record<Method, string> = {
    denoised: l10n.t('Denoised weights'),
    ridge: l10n.t('Ridge regression'),
    nearest: l10n.t('Nearest zoo member'),
    mean: l10n.t('Zoo mean'),
    fresh: l10n.t('Fresh LoRA on the base'),
    sameGenerator: l10n.t('Same generator from scratch'),
    pix2pix: l10n.t('Pix2pix from scratch'),
  };
  return names[method];
}
