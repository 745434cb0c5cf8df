import * as l10n from '@vscode/l10n';
import type { RunState } from '../../src/protocol/run.ts';

/** A sign for each state, so that it does not depend on color. */
export const STATE_SIGNS: Record<RunState, string> = {
  queued: '○',
  running: '●',
  succeeded: '✓',
  failed: '✕',
  stopped: '■',
  interrupted: '!',
};

/** The state as a heading: "Finished". */
export function stateWord(state: RunState): string {
  const words: Record<RunState, string> = {
    queued: l10n.t('Queued'),
    running: l10n.t('Running'),
    succeeded: l10n.t('Finished'),
    failed: l10n.t('Failed'),
    stopped: l10n.t('Stopped'),
    interrupted: l10n.t('Interrupted'),
  };
  return words[state];
}

/** The state after a name: "finished". */
export function stateBehind(state: RunState): string {
  const words: Record<RunState, string> = {
    queued: l10n.t('queued'),
    running: l10n.t('running'),
    succeeded: l10n.t('finished'),
    failed: l10n.t('failed'),
    stopped: l10n.t('stopped'),
    interrupted: l10n.t('interrupted'),
  };
  return words[state];
}

/** Whether the run may still report more. */
export function isLive(state: RunState): boolean {
  return state === 'running' || state === 'queued';
}
