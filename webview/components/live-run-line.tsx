import type { JSX } from 'preact';
import type { LiveRun } from '../../src/protocol/webview.ts';
import { formatCount, formatDuration } from './format.ts';
import { ProgressBar } from './progress-bar.tsx';
import { Button } from './toolkit.tsx';

/** The run that is changing what this view shows. */
export function LiveRunLine({ run, onOpen }: { run: LiveRun; onOpen: () => void }): JSX.Element {
  const counted = run.done !== undefined && run.total !== undefined;
  return (
    <div class="live-run" role="status">
      <div class="live-run-text">
        <strong>{run.message ?? `${run.stage} ${run.name}`}</strong>
        {counted && (
          <span class="read-out">
            {': '}
            {formatCount(run.done!)} of {formatCount(run.total!)}
            {run.etaSeconds !== undefined && `, ${formatDuration(run.etaSeconds)} left`}
          </span>
        )}
        <span class="muted">. This view follows the run.</span>
      </div>
      {counted && <ProgressBar done={run.done!} total={run.total!} label={`Progress of ${run.stage}`} />}
      <Button onClick={onOpen} label={`Open run ${run.runId}`}>
        Open run
      </Button>
    </div>
  );
}
