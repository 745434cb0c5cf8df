import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { type DamagedLines, runView } from '../../src/protocol/webview/run.ts';
import { Notice } from '../components/pending.tsx';
import { plural } from '../components/plural.ts';
import { useAsk } from './use-ask.ts';

/** A notice that names the damaged lines of the events file, which are skipped. */
export function DamageNotice({ damaged }: { damaged: DamagedLines }): JSX.Element {
  const { count, lines } = damaged;
  const { failure, ask } = useAsk();
  const [first] = lines;
  const numbers = lines.map((line) => line.toLocaleString('en')).join(', ');
  return (
    <>
      <Notice
        kind="warning"
        {...(first !== undefined && {
          action: { label: l10n.t('Show line {0}', first), onClick: () => ask(runView.showEvents, first) },
        })}
      >
        {plural(
          count,
          l10n.t('Line {0} of events.jsonl is damaged and skipped; everything else is shown.', numbers),
          count > lines.length
            ? l10n.t(
                'Lines {0} and {1} more of events.jsonl are damaged and skipped; everything else is shown.',
                numbers,
                (count - lines.length).toLocaleString('en'),
              )
            : l10n.t('Lines {0} of events.jsonl are damaged and skipped; everything else is shown.', numbers),
        )}
      </Notice>
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
    </>
  );
}
