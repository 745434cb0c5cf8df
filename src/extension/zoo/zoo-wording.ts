import * as vscode from 'vscode';
import type { MemberState, StaleReason } from '../../project/zoo/member-state.ts';
import { type TrainingZoo, wantedMembers } from './zoo-status.ts';

/** Why a member is stale, as part of a sentence. */
function reasonText(reason: StaleReason): string {
  switch (reason.what) {
    case 'prompt':
      return vscode.l10n.t('its prompt changed');
    case 'pairs':
      return vscode.l10n.t('its pairs changed');
    case 'images':
      if (reason.now === 0) return vscode.l10n.t('its images were not found');
      return reason.was === reason.now
        ? vscode.l10n.t('its images changed')
        : vscode.l10n.t('its images changed ({0}, now {1})', reason.was, reason.now);
    case 'setting':
      return vscode.l10n.t('{0} was {1}, now {2}', reason.key, reason.was, reason.now);
  }
}

/** The state of a member in a few words. */
export function memberStateText(state: MemberState): string {
  switch (state.state) {
    case 'missing':
      return vscode.l10n.t('missing');
    case 'current':
      return vscode.l10n.t('up to date');
    case 'unrecorded':
      return vscode.l10n.t('may be stale');
    case 'stale':
      return vscode.l10n.t('stale: {0}', state.reasons.map(reasonText).join('; '));
  }
}

/** "23 of 24, 1 missing, 1 stale". */
export function zooText(zoo: TrainingZoo): string {
  const states = [...zoo.members.values()];
  const count = (wanted: MemberState['state']) => states.filter(({ state }) => state === wanted).length;
  const missing = count('missing');
  const stale = count('stale');
  const unrecorded = count('unrecorded');
  return [
    vscode.l10n.t('{0} of {1}', states.length - missing, states.length),
    ...(missing > 0 ? [vscode.l10n.t('{0} missing', missing)] : []),
    ...(stale > 0 ? [vscode.l10n.t('{0} stale', stale)] : []),
    ...(unrecorded > 0 ? [vscode.l10n.t('{0} may be stale', unrecorded)] : []),
  ].join(', ');
}

/** Whether there is something to collect: a base exists, and a member is missing or stale. */
export function canCollect(zoo: TrainingZoo | undefined): boolean {
  return zoo?.baseHash !== undefined && wantedMembers(zoo).length > 0;
}
