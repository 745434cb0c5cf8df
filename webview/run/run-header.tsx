import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type RunHeader, runView } from '../../src/protocol/webview.ts';
import { Fact } from '../components/facts.tsx';
import { formatBytes, formatCount, formatDuration, formatMoment } from '../components/format.ts';
import { Notice } from '../components/pending.tsx';
import { ProgressBar } from '../components/progress-bar.tsx';
import { Button } from '../components/toolkit.tsx';
import { RunParts } from './run-parts.tsx';
import { isLive, RUN_STATES } from './run-states.ts';
import { useAsk } from './use-ask.ts';

/** Seconds since the run was created, while it runs. */
function useElapsed(header: RunHeader): number {
  const [now, setNow] = useState(Date.now);
  const running = header.state === 'running';
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return header.seconds ?? Math.max(0, (now - header.created) / 1000);
}

/** What the run is, how far it is, on what it computes, and what can be done about it. */
export function RunHeading({ header }: { header: RunHeader }): JSX.Element {
  const { progress } = header;
  const elapsed = useElapsed(header);
  const { failure, ask } = useAsk();
  const { sign, word } = RUN_STATES[header.state];
  const running = isLive(header.state);
  return (
    <header class="view-header">
      <div class="run-title">
        <h1>
          {header.stage}
          {header.name !== header.stage && <span class="run-name"> {header.name}</span>}
        </h1>
        <span class={`run-state run-state-${header.state}`} role="status">
          <span aria-hidden="true">{sign}</span> {header.stopping ? 'Stopping after this step' : word}
        </span>
        <div class="run-actions">
          {running && (
            <Button onClick={() => ask(runView.stop, undefined)} disabled={header.stopping}>
              Stop
            </Button>
          )}
          {header.resumable && (
            <Button primary onClick={() => ask(runView.resume, undefined)}>
              Resume
            </Button>
          )}
          {header.evaluated && (
            <Button primary onClick={() => ask(runView.showComparison, undefined)}>
              Show comparison
            </Button>
          )}
          <Button onClick={() => ask(runView.showLog, undefined)}>Show log file</Button>
          <Button onClick={() => ask(runView.reveal, undefined)}>Show folder</Button>
        </div>
      </div>
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
      {header.error !== undefined && (
        <Notice kind="error">
          <strong>The run failed.</strong> {header.error}
        </Notice>
      )}
      {header.state === 'interrupted' && (
        <Notice kind="warning">
          The engine process ended without saying why (a restart, or too little memory). The log file may know
          more.
        </Notice>
      )}
      {header.parts && <RunParts parts={header.parts} state={header.state} />}
      {progress && (
        <div class="run-progress">
          <div class="run-progress-text">
            <span>{progress.message}</span>
            <span class="read-out">
              {formatCount(progress.done)} of {formatCount(progress.total)} {progress.unit}
              {running &&
                progress.etaSeconds !== undefined &&
                `, ${formatDuration(progress.etaSeconds)} left`}
            </span>
          </div>
          <ProgressBar
            done={progress.done}
            total={progress.total}
            label={`Progress of ${header.stage} ${header.name}`}
          />
        </div>
      )}
      <dl class="facts">
        <Fact label={running ? 'Running for' : 'Took'} value={formatDuration(elapsed)} />
        <Fact label="Begun" value={formatMoment(header.created)} />
        <Fact label="Training config" value={header.training} />
        {header.concept && <Fact label="Concept" value={header.concept} />}
        {header.device && <Fact label="Device" value={header.device} note={header.deviceReason} />}
        {header.memory && (
          <Fact
            label="Memory of the engine"
            value={
              running
                ? `${formatBytes(header.memory.resident)}, peak ${formatBytes(header.memory.peak)}`
                : `peak ${formatBytes(header.memory.peak)}`
            }
          />
        )}
      </dl>
    </header>
  );
}
