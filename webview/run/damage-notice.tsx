import type { JSX } from 'preact';
import { type DamagedLines, runView } from '../../src/protocol/webview.ts';
import { Notice } from '../components/pending.tsx';
import { useAsk } from './use-ask.ts';

/** Says which lines of the events file are missing from what is shown. */
export function DamageNotice({ damaged }: { damaged: DamagedLines }): JSX.Element {
  const { count, lines } = damaged;
  const { failure, ask } = useAsk();
  const [first] = lines;
  const numbers = lines.map((line) => line.toLocaleString('en')).join(', ');
  const more = count > lines.length ? ` and ${(count - lines.length).toLocaleString('en')} more` : '';
  return (
    <>
      <Notice
        kind="warning"
        {...(first !== undefined && {
          action: { label: `Show line ${first}`, onClick: () => ask(runView.showEvents, first) },
        })}
      >
        {count === 1 ? `Line ${numbers} of events.jsonl is` : `Lines ${numbers}${more} of events.jsonl are`}{' '}
        damaged and left out; everything else is shown.
      </Notice>
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
    </>
  );
}
