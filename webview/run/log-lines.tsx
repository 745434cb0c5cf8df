import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { RunLogLine } from '../../src/protocol/webview.ts';
import { formatClock } from '../components/format.ts';

/** Lines shown; the log file has them all. */
const SHOWN = 500;

/** The run's own log, newest at the end; it follows the end unless one has scrolled up. */
export function LogLines({ log }: { log: readonly RunLogLine[] }): JSX.Element {
  const holder = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    if (atEnd.current) holder.current!.scrollTop = holder.current!.scrollHeight;
  }, [log]);
  const shown = log.slice(-SHOWN);
  return (
    <section aria-labelledby="log-title">
      <h2 id="log-title">
        Log{' '}
        <span class="muted">
          {log.length > SHOWN ? `last ${SHOWN} of ${log.length} lines` : `${log.length} lines`}
        </span>
      </h2>
      <section
        class="log"
        ref={holder}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label="Log lines"
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          atEnd.current = scrollTop + clientHeight >= scrollHeight - 4;
        }}
      >
        {shown.map((line, index) => (
          <div key={log.length - shown.length + index} class={`log-line log-${line.level}`}>
            <time class="log-time">{formatClock(line.time)}</time>
            {line.level !== 'info' && <strong class="log-level">{line.level}</strong>}
            <span>{line.message}</span>
          </div>
        ))}
        {shown.length === 0 && <span class="muted">No lines yet.</span>}
      </section>
    </section>
  );
}
