import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RunState } from '../../src/protocol/run.ts';
import { type RunHeader, runView } from '../../src/protocol/webview.ts';
import { formatCount, formatDuration, formatMoment } from '../components/format.ts';
import { Notice } from '../components/pending.tsx';
import { ProgressBar } from '../components/progress-bar.tsx';
import { Button } from '../components/toolkit.tsx';
import { messageOf, request } from '../host/connection.ts';
import { RunParts } from './run-parts.tsx';

/** Sign and word, so that the state does not hang on colour. */
const STATES: Record<RunState, { sign: string; word: string }> = {
  queued: { sign: '○', word: 'Queued' },
  running: { sign: '●', word: 'Running' },
  succeeded: { sign: '✓', word: 'Finished' },
  failed: { sign: '✕', word: 'Failed' },
  stopped: { sign: '■', word: 'Stopped' },
  interrupted: { sign: '!', word: 'Interrupted' },
};

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

function Fact(props: { label: string; value: string; note?: string | undefined }): JSX.Element {
  return (
    <div class="fact">
      <dt>{props.label}</dt>
      <dd>
        {props.value}
        {props.note && <span class="fact-note">{props.note}</span>}
      </dd>
    </div>
  );
}

/** What the run is, how far it is, on what it computes, and what can be done about it. */
export function RunHeading({ header }: { header: RunHeader }): JSX.Element {
  const { progress } = header;
  const elapsed = useElapsed(header);
  const [failure, setFailure] = useState<string>();
  const ask = (promise: Promise<void>) => {
    setFailure(undefined);
    promise.catch((error) => setFailure(messageOf(error)));
  };
  const { sign, word } = STATES[header.state];
  const running = header.state === 'running' || header.state === 'queued';
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
            <Button onClick={() => ask(request(runView.stop, undefined))} disabled={header.stopping}>
              Stop
            </Button>
          )}
          {header.resumable && (
            <Button primary onClick={() => ask(request(runView.resume, undefined))}>
              Resume
            </Button>
          )}
          <Button onClick={() => ask(request(runView.showLog, undefined))}>Show log file</Button>
          <Button onClick={() => ask(request(runView.reveal, undefined))}>Show folder</Button>
        </div>
      </div>
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
      </dl>
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
      {header.error !== undefined && (
        <Notice kind="error">
          <strong>The run failed.</strong> {header.error}
        </Notice>
      )}
      {header.damagedLines > 0 && (
        <Notice kind="warning">
          {formatCount(header.damagedLines)} {header.damagedLines === 1 ? 'line' : 'lines'} of runs/
          {header.runId}/events.jsonl cannot be read and {header.damagedLines === 1 ? 'is' : 'are'} left out:
          points, samples or log lines may be missing here. Weights that the run made are not concerned; to
          have the whole course, run the stage again.
        </Notice>
      )}
      {header.state === 'interrupted' && (
        <Notice kind="warning">
          The engine process ended without saying why (a restart, or too little memory). The log file may know
          more.
        </Notice>
      )}
    </header>
  );
}
