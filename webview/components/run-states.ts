import type { RunState } from '../../src/protocol/run.ts';

/** Sign and word, so that the state does not hang on colour. */
export const RUN_STATES: Record<RunState, { sign: string; word: string }> = {
  queued: { sign: '○', word: 'Queued' },
  running: { sign: '●', word: 'Running' },
  succeeded: { sign: '✓', word: 'Finished' },
  failed: { sign: '✕', word: 'Failed' },
  stopped: { sign: '■', word: 'Stopped' },
  interrupted: { sign: '!', word: 'Interrupted' },
};

/** Whether more may come of a run. */
export function isLive(state: RunState): boolean {
  return state === 'running' || state === 'queued';
}
