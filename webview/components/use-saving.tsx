import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { inertLine } from '../../src/protocol/inert-text.ts';
import type { compareView } from '../../src/protocol/webview/compare.ts';
import type { runView } from '../../src/protocol/webview/run.ts';
import type { translateView } from '../../src/protocol/webview/translate.ts';
import { messageOf, request } from '../host/connection.ts';
import { Notice } from './pending.tsx';

export interface Saving {
  /**
   * Asks where to save a file.
   * @param done message shown once it is saved: "Saved the denoised image."
   */
  save(done: string, name: string, make: () => Uint8Array | Promise<Uint8Array>): void;
  /** Whether a file is being made, or its place requested. */
  saving: boolean;
  /** Result of the last attempt. */
  outcome: JSX.Element | undefined;
}

/**
 * Saves files through the view's host.
 * @param type request that makes the host save a file
 */
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

/** The name without characters that some systems do not allow in file names, or that are invisible. */
function fileName(name: string): string {
  return inertLine(name).replace(/[\\/:*?"<>|]/g, '-');
}
