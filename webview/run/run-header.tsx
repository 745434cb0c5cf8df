import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type RunHeader, runView } from '../../src/protocol/webview/run.ts';
import { Fact } from '../components/facts.tsx';
import { formatBytes, formatCount, formatDuration, formatMoment } from '../components/format.ts';
import { Notice } from '../components/pending.tsx';
import { ProgressBar } from '../components/progress-bar.tsx';
import { isLive, STATE_SIGNS, stateWord } from '../components/run-states.ts';
import { Button } from '../components/toolkit.tsx';
import { RunParts } from './run-parts.tsx';
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

/** Progress with the remaining time, in the engine's unit. */
function progressText(
  { done, total, unit, etaSeconds }: NonNullable<RunHeader['progress']>,
  running: boolean,
): string {
  const [some, of] = [formatCount(done), formatCount(total)];
  return running && etaSeconds !== undefined
    ? l10n.t('{0} of {1} {2}, {3} left', some, of, unit, formatDuration(etaSeconds))
    : l10n.t('{0} of {1} {2}', some, of, unit);
}

/** What the run is, its progress and device, and buttons for what can be done with it. */
export function RunHeading({ header }: { header: RunHeader }): JSX.Element {
  const { progress, errorCode } = header;
  const elapsed = useElapsed(header);
  const { failure, ask } = useAsk();
  const running = isLive(header.state);
  return (
    <header class="view-header">
      <div class="run-title">
        <h1>
          {header.stage}
          {header.name !== header.stage && <span class="run-name"> {header.name}</span>}
        </h1>
        <span class={`run-state run-state-${header.state}`} role="status">
          <span aria-hidden="true">{STATE_SIGNS[header.state]}</span>{' '}
          {header.stopping ? l10n.t('Stopping after this step') : stateWord(header.state)}
        </span>
        <div class="run-actions">
          {running && (
            <Button onClick={() => ask(runView.stop, undefined)} disabled={header.stopping}>
              {l10n.t('Stop')}
            </Button>
          )}
          {header.resumable && (
            <Button primary onClick={() => ask(runView.resume, undefined)}>
              {l10n.t('Resume')}
            </Button>
          )}
          {header.evaluated && (
            <Button primary onClick={() => ask(runView.showComparison, undefined)}>
              {l10n.t('Show comparison')}
            </Button>
          )}
          <Button onClick={() => ask(runView.showLog, undefined)}>{l10n.t('Show log file')}</Button>
          <Button onClick={() => ask(runView.reveal, undefined)}>{l10n.t('Show folder')}</Button>
        </div>
      </div>
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
      {header.error !== undefined && (
        <Notice kind="error">
          <strong>{l10n.t('The run failed.')}</strong> {header.error}
          {errorCode !== undefined && (
            <>
              {' '}
              <Button onClick={() => ask(runView.explain, errorCode)}>
                {l10n.t('Explain {0}', errorCode)}
              </Button>
            </>
          )}
        </Notice>
      )}
      {header.state === 'interrupted' && (
        <Notice kind="warning">
          {l10n.t(
            'The engine process ended without reporting why, perhaps because of a restart or too little memory. See the log file for details.',
          )}
        </Notice>
      )}
      {header.parts && <RunParts parts={header.parts} state={header.state} />}
      {progress && (
        <div class="run-progress">
          <div class="run-progress-text">
            <span>{progress.message}</span>
            <span class="read-out">{progressText(progress, running)}</span>
          </div>
          <ProgressBar
            done={progress.done}
            total={progress.total}
            label={l10n.t('Progress of {0} {1}', header.stage, header.name)}
          />
        </div>
      )}
      <dl class="facts">
        <Fact label={running ? l10n.t('Running for') : l10n.t('Took')} value={formatDuration(elapsed)} />
        <Fact label={l10n.t('Started')} value={formatMoment(header.created)} />
        <Fact label={l10n.t('Training config')} value={header.training} />
        {header.concept && <Fact label={l10n.t('Concept')} value={header.concept} />}
        {header.device && <Fact label={l10n.t('Device')} value={header.device} note={header.deviceReason} />}
        {header.memory && (
          <Fact
            label={l10n.t('Engine memory')}
            value={
              running
                ? l10n.t(
                    '{0}, peak {1}',
                    formatBytes(header.memory.resident),
                    formatBytes(header.memory.peak),
                  )
                : l10n.t('peak {0}', formatBytes(header.memory.peak))
            }
          />
        )}
      </dl>
    </header>
  );
}
