import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { LiveRun } from '../../src/protocol/webview/common.ts';
import { formatCount, formatDuration } from './format.ts';
import { ProgressBar } from './progress-bar.tsx';
import { Button } from './toolkit.tsx';

/** The active run that is changing what this view shows. */
export function LiveRunLine({ run, onOpen }: { run: LiveRun; onOpen: () => void }): JSX.Element {
  const counted = run.done !== undefined && run.total !== undefined;
  return (
    <div class="live-run" role="status">
      <div class="live-run-text">
        <strong>{run.message ?? `${run.stage} ${run.name}`}</strong>
        {counted && (
          <span class="read-out">
            {': '}
            {progressText(formatCount(run.done!), formatCount(run.total!), run.etaSeconds)}
          </span>
        )}
        <span class="muted">. {l10n.t('This view follows the run.')}</span>
      </div>
      {counted && (
        <ProgressBar done={run.done!} total={run.total!} label={l10n.t('Progress of {0}', run.stage)} />
      )}
      <Button onClick={onOpen} label={l10n.t('Open run {0}', run.runId)}>
        {l10n.t('Open run')}
      </Button>
    </div>
  );
}

function progressText(done: string, total: string, etaSeconds: number | undefined): string {
  return etaSeconds === undefined
    ? l10n.t('{0} of {1}', done, total)
    : l10n.t('{0} of {1}, {2} left', done, total, formatDuration(etaSeconds));
}
