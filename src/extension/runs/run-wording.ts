import * as vscode from 'vscode';
import { type Stage, stageEntry } from '../../protocol/stages.ts';
import { formatDuration } from '../duration.ts';
import type { Run } from './run-state.ts';
import type { RunStatus } from './run-status.ts';

/** A stage's name in sentences and lists. */
export function stageTitle(stage: Stage): string {
  return stageEntry(stage).title(vscode.l10n);
}

/** The state of a run, or that it is damaged. */
export function stateTitle({ state, damage }: Pick<Run, 'state' | 'damage'>): string {
  if (damage !== undefined) return vscode.l10n.t('damaged');
  switch (state) {
    case 'queued':
      return vscode.l10n.t('starting');
    case 'running':
      return vscode.l10n.t('running');
    case 'succeeded':
      return vscode.l10n.t('finished');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'stopped':
      return vscode.l10n.t('stopped');
    case 'interrupted':
      return vscode.l10n.t('interrupted');
  }
}

/** A text such as "57 %, 2 min left", or the part of it that is known. */
export function progressText({ progress }: RunStatus): string {
  if (progress === undefined || progress.total <= 0) return '';
  const percent = `${Math.floor((100 * progress.done) / progress.total)} %`;
  if (progress.etaSeconds === undefined) return percent;
  return vscode.l10n.t('{0}, {1} left', percent, formatDuration(progress.etaSeconds));
}

/** A label such as "Fine-Tune Concept: snow"; the folder name until the engine has written the record. */
export function runLabel({ record, id }: Run): string {
  return record === undefined ? id : `${stageTitle(record.stage)}: ${record.name}`;
}
