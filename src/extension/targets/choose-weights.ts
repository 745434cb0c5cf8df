import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import type { ConceptTarget } from './targets.ts';

/**
 * Asks for the weights of a concept to use, by the name that the engine has for them.
 * @returns undefined if the list was closed
 */
export async function chooseWeights(
  services: Services,
  { project, concept }: ConceptTarget,
  placeHolder: string,
): Promise<string | undefined> {
  const made = services.artifacts.of(project.folder);
  const items = [
    ...(made.fineTuned.has(concept.name)
      ? [{ label: vscode.l10n.t('Fine-tuned weights'), name: 'fine-tuned' }]
      : []),
    ...(made.denoised.has(concept.name)
      ? [{ label: vscode.l10n.t('Denoised weights'), name: 'denoised' }]
      : []),
    { label: vscode.l10n.t('Base generator without LoRA'), name: 'base' },
  ];
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.name;
}
