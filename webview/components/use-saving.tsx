import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { compareView } from '../../src/protocol/webview/compare.ts';
import type { runView } from '../../src/protocol/webview/run.ts';
import type { translateView } from '../../src/protocol/webview/translate.ts';
import { messageOf, request } from '../host/connection.ts';
import { Notice } from './pending.tsx';

export interface Saving {
  /**
   * Asks where to save a file.
   * @param done what to say once it is saved: "Saved the denoised picture."
   */
  save(done: string, name: string, make: () => Uint8Array | Promise<Uint8Array>): void;
  /** While a file is being made, or its place asked for. */
  saving: boolean;
  /** What came of the last. */
  outcome: JSX.Element | undefined;
}

/** @param type what the view's host saves files by */
export function useSaving(
  type: (typeof compareView | typeof runView | typeof translateView)['save'],
): Saving {
  const [outcome, setOutcome] = useState<{ kind: 'info' | 'error'; text: string }>();
  const [saving, setSaving] = useState(false);
  const saveNow = async (done: string, name: string, make: () => Uint8Array | Promise<Uint8Array>) => {
    setOutcome(undefined);
    setSaving(true);
    try {
      const saved = await request(type, { name: fileName(name), data: await make() });
      if (saved) setOutcome({ kind: 'info', text: done });
    } catch (error) {
      setOutcome({ kind: 'error', text: messageOf(error) });
    } finally {
      setSaving(false);
    }
  };
  return {
    save: (done, name, make) => void saveNow(done, name, make),
    saving,
    outcome: outcome && <Notice kind={outcome.kind}>{outcome.text}</Notice>,
  };
}

/** Without what some systems allow in no file name. */
function fileName(name: string): string {
  return name.replace(/[\\/:*?"<>|]/g, '-');
}
