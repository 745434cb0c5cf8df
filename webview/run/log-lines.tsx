import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { RunLogLine } from '../../src/protocol/webview/run.ts';
import { formatClock, formatCount } from '../components/format.ts';
import { plural } from '../components/plural.ts';
import { Button, Choice } from '../components/toolkit.tsx';

/** Maximum number of lines shown; the log file has them all. */
const SHOWN = 500;

/** The lowest level that is shown. */
export type LogSelection = 'all' | 'warnings' | 'errors';

const LEVELS: Record<LogSelection, ReadonlySet<RunLogLine['level']>> = {
  all: new Set(['info', 'warning', 'error']),
  warnings: new Set(['warning', 'error']),
  errors: new Set(['error']),
};

function countText(shown: number, selected: number, all: number): string {
  const [some, of] = [formatCount(selected), formatCount(all)];
  if (shown < selected) return l10n.t('last {0} of {1} lines', formatCount(shown), some);
  return selected < all
    ? plural(all, l10n.t('{0} of {1} line', some, of), l10n.t('{0} of {1} lines', some, of))
    : plural(all, l10n.t('{0} line', some), l10n.t('{0} lines', some));
}

/** The word for a level above information. */
function levelWord(level: 'warning' | 'error'): string {
  return level === 'warning' ? l10n.t('warning') : l10n.t('error');
}

/** The run's log, newest line at the end. It follows the end unless the user has scrolled up. */
export function LogLines(props: {
  log: readonly RunLogLine[];
  selection: LogSelection;
  onSelect: (selection: LogSelection) => void;
}): JSX.Element {
  const { log, selection, onSelect } = props;
  const holder = useRef<HTMLElement>(null);
  const [following, setFollowing] = useState(true);
  const selected = useMemo(() => log.filter(({ level }) => LEVELS[selection].has(level)), [log, selection]);
  useLayoutEffect(() => {
    if (following) holder.current!.scrollTop = holder.current!.scrollHeight;
  }, [selected, following]);
  const shown = selected.slice(-SHOWN);
  return (
    <section aria-labelledby="log-title">
      <div class="section-head">
        <h2 id="log-title">
          {l10n.t('Log')} <span class="muted">{countText(shown.length, selected.length, log.length)}</span>
        </h2>
        <div class="controls">
          {!following && <Button onClick={() => setFollowing(true)}>{l10n.t('Follow the end')}</Button>}
          <Choice
            label={l10n.t('Level')}
            value={selection}
            options={[
              { value: 'all', label: l10n.t('All lines') },
              { value: 'warnings', label: l10n.t('Warnings and errors') },
              { value: 'errors', label: l10n.t('Errors') },
            ]}
            onChange={(value) => onSelect(value as LogSelection)}
          />
        </div>
      </div>
      <section
        class="log"
        ref={holder}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label={l10n.t('Log lines')}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) =>
          setFollowing(scrollTop + clientHeight >= scrollHeight - 4)
        }
      >
        {shown.map((line, index) => (
          <div key={selected.length - shown.length + index} class={`log-line log-${line.level}`}>
            <time class="log-time">{formatClock(line.time)}</time>
            {line.level !== 'info' && <strong class="log-level">{levelWord(line.level)}</strong>}
            <span>{line.message}</span>
          </div>
        ))}
        {shown.length === 0 && (
          <span class="muted">
            {log.length === 0 ? l10n.t('No lines yet.') : l10n.t('No lines at this level.')}
          </span>
        )}
      </section>
    </section>
  );
}
