import * as vscode from 'vscode';
import type { ConceptStage } from './concept-stage.ts';

export function stageName(stage: ConceptStage): string {
  switch (stage) {
    case 'pairs':
      return vscode.l10n.t('Pairs');
    case 'zoo':
      return vscode.l10n.t('Zoo member');
    case 'denoised':
      return vscode.l10n.t('Denoised weights');
    case 'fineTuned':
      return vscode.l10n.t('Fine-tuned weights');
  }
}

/** The stage as a short state of the concept. */
export function stageState(stage: ConceptStage): string {
  switch (stage) {
    case 'pairs':
      return vscode.l10n.t('prepared');
    case 'zoo':
      return vscode.l10n.t('in the zoo');
    case 'denoised':
      return vscode.l10n.t('denoised');
    case 'fineTuned':
      return vscode.l10n.t('fine-tuned');
  }
}

/** The state of the last stage that a concept has reached, if any. */
export function furthestText(furthest: ConceptStage | undefined): string {
  return furthest === undefined ? vscode.l10n.t('nothing made yet') : stageState(furthest);
}
