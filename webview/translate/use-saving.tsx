import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { translateView } from '../../src/protocol/webview.ts';
import { Notice } from '../components/pending.tsx';
import { messageOf, request } from '../host/connection.ts';

export interface Saving {
  /**
   * Asks where to save a file.
   * @param what it is, for people: "the denoised picture"
   */
  save(what: string, name: string, make: () => Uint8Array | Promise<Uint8Array>): void;
  /** What came of the last. */
  outcome: JSX.Element | undefined;
}

export function useSaving(): Saving {
  const [outcome, setOutcome] = useState<{ kind: 'info' | 'error'; text: string }>();
  const saveNow = async (what: string, name: string, make: () => Uint8Array | Promise<Uint8Array>) => {
    setOutcome(undefined);
    try {
      const saved = await request(translateView.save, { name: fileName(name), data: await make() });
      if (saved) setOutcome({ kind: 'info', text: `Saved ${what}.` });
    } catch (error) {
      setOutcome({ kind: 'error', text: messageOf(error) });
    }
  };
  return {
    save: (what, name, make) => void saveNow(what, name, make),
    outcome: outcome && <Notice kind={outcome.kind}>{outcome.text}</Notice>,
  };
}

/** Without what some systems allow in no file name. */
function fileName(name: string): string {
  return name.replace(/[\\/:*?"<>|]/g, '-');
}
