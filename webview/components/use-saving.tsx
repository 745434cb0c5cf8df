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
  /**
   * Has the host save what it makes itself.
   * @param saving resolves with the message that is shown once it is saved; undefined if the user chose no place
   */
  run(saving: () => Promise<string | undefined>): void;
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
  const run = async (save: () => Promise<string | undefined>) => {
    setOutcome(undefined);
    setSaving(true);
    try {
      const done = await save();
      if (done !== undefined) setOutcome({ kind: 'info', text: done });
    } catch (error) {
      setOutcome({ kind: 'error', text: messageOf(error) });
    } finally {
      setSaving(false);
    }
  };
  return {
    save: (done, name, make) =>
      void run(async () => {
        const saved = await request(type, { name: fileName(name), data: await make() });
        return saved ? done : undefined;
      }),
    run: (save) => void run(save),
    saving,
    outcome: outcome && <Notice kind={outcome.kind}>{outcome.text}</Notice>,
  };
}

/** The name without characters that some systems do not allow in file names, or that are invisible. */
export function fileName(name: string): string {
  return inertLine(name).replace(/[\\/:*?"<>|]/g, '-');
}
