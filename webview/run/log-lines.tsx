import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { RunLogLine } from '../../src/protocol/webview.ts';
import { formatClock, formatCount } from '../components/format.ts';
import { Button, Choice } from '../components/toolkit.tsx';

/** Lines shown; the log file has them all. */
const SHOWN = 500;

/** The least level that is shown. */
export type LogSelection = 'all' | 'warnings' | 'errors';

const LEVELS: Record<LogSelection, ReadonlySet<RunLogLine['level']>> = {
  all: new Set(['info', 'warning', 'error']),
  warnings: new Set(['warning', 'error']),
  errors: new Set(['error']),
};

function countText(shown: number, selected: number, all: number): string {
  const of = selected < all ? ` of ${formatCount(all)}` : '';
  if (shown < selected) return `last ${formatCount(shown)} of ${formatCount(selected)} lines`;
  return `${formatCount(selected)}${of} ${all === 1 ? 'line' : 'lines'}`;
}

/** The run's own log, newest at the end; it follows the end unless one has scrolled up. */
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
          Log <span class="muted">{countText(shown.length, selected.length, log.length)}</span>
        </h2>
        <div class="controls">
          {!following && <Button onClick={() => setFollowing(true)}>Follow the end</Button>}
          <Choice
            label="Level"
            value={selection}
            options={[
              { value: 'all', label: 'All lines' },
              { value: 'warnings', label: 'Warnings and errors' },
              { value: 'errors', label: 'Errors' },
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
        aria-label="Log lines"
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) =>
          setFollowing(scrollTop + clientHeight >= scrollHeight - 4)
        }
      >
        {shown.map((line, index) => (
          <div key={selected.length - shown.length + index} class={`log-line log-${line.level}`}>
            <time class="log-time">{formatClock(line.time)}</time>
            {line.level !== 'info' && <strong class="log-level">{line.level}</strong>}
            <span>{line.message}</span>
          </div>
        ))}
        {shown.length === 0 && (
          <span class="muted">{log.length === 0 ? 'No lines yet.' : 'No lines of this level.'}</span>
        )}
      </section>
    </section>
  );
}
