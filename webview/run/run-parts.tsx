import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { RunState } from '../../src/protocol/run.ts';
import type { RunHeader } from '../../src/protocol/webview/run.ts';

type Parts = NonNullable<RunHeader['parts']>;
type PartState = 'done' | 'current' | 'failed' | 'halted' | 'to-come';

/** A sign for each state, shown with a word, so that the state does not depend on color. */
const SIGNS: Record<PartState, string> = {
  done: '✓',
  current: '●',
  failed: '✕',
  halted: '■',
  'to-come': '○',
};

function partWord(state: PartState): string {
  const words: Record<PartState, string> = {
    done: l10n.t('done'),
    current: l10n.t('current'),
    failed: l10n.t('failed'),
    halted: l10n.t('halted'),
    'to-come': l10n.t('pending'),
  };
  return words[state];
}

function partState(index: number, titles: Parts['titles'], run: RunState): PartState {
  const last = titles.length - 1;
  if (index > last) return 'to-come';
  if (index < last || run === 'succeeded') return 'done';
  if (run === 'failed') return 'failed';
  return run === 'stopped' || run === 'interrupted' ? 'halted' : 'current';
}

/** The parts of a run of several stages: which are done, current and pending. */
export function RunParts({ parts, state }: { parts: Parts; state: RunState }): JSX.Element {
  const { total, titles } = parts;
  return (
    <section class="run-parts" aria-label={l10n.t('Parts of the run')}>
      <h2>
        {l10n.t('{0} of {1}', titles.length, total)} · {titles.at(-1)}
      </h2>
      <ol>
        {Array.from({ length: total }, (_, index) => {
          const own = partState(index, titles, state);
          return (
            <li key={index} class={`part part-${own}`} aria-current={own === 'current' ? 'step' : undefined}>
              <span class="part-sign" aria-hidden="true">
                {SIGNS[own]}
              </span>{' '}
              {titles[index] ?? l10n.t('Part {0}', index + 1)}
              <span class="visually-hidden">, {partWord(own)}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
