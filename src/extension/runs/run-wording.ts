import * as vscode from 'vscode';
import type { RunState } from '../../protocol/run.ts';
import type { Stage } from '../../protocol/stages.ts';
import { formatDuration } from '../duration.ts';
import type { Run } from './run-state.ts';
import type { RunStatus } from './run-status.ts';

/** A stage's name in sentences and lists. */
export function stageTitle(stage: Stage): string {
  switch (stage) {
    case 'prepare':
      return vscode.l10n.t('Prepare Pairs');
    case 'train-base':
      return vscode.l10n.t('Train Base Generator');
    case 'search-ranks':
      return vscode.l10n.t('Search LoRA Ranks');
    case 'collect':
      return vscode.l10n.t('Collect Zoo');
    case 'train-generator':
      return vscode.l10n.t('Train Weight Generator');
    case 'denoise':
      return vscode.l10n.t('Denoise Weights');
    case 'fine-tune':
      return vscode.l10n.t('Fine-Tune Concept');
    case 'translate':
      return vscode.l10n.t('Translate Images');
    case 'evaluate':
      return vscode.l10n.t('Evaluate Concept');
    case 'quickstart':
      return vscode.l10n.t('Quickstart');
  }
}

export function stateTitle(state: RunState): string {
  switch (state) {
    case 'queued':
      return vscode.l10n.t('starting');
    case 'running':
      return vscode.l10n.t('running');
    case 'succeeded':
      return vscode.l10n.t('done');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'stopped':
      return vscode.l10n.t('stopped');
    case 'interrupted':
      return vscode.l10n.t('interrupted');
  }
}

/** "57 %, 2 min left", or what is known of it. */
export function progressText({ progress }: RunStatus): string {
  if (progress === undefined || progress.total <= 0) return '';
  const percent = `${Math.floor((100 * progress.done) / progress.total)} %`;
  if (progress.etaSeconds === undefined) return percent;
  return vscode.l10n.t('{0}, {1} left', percent, formatDuration(progress.etaSeconds));
}

/** "Fine-Tune Concept: snow"; the folder's name until the engine has written its record. */
export function runLabel({ record, id }: Run): string {
  return record === undefined ? id : `${stageTitle(record.stage)}: ${record.name}`;
}
