import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { MOST_OVERLAID } from '../../src/protocol/run.ts';
import { type OverlaidRun, runView } from '../../src/protocol/webview/run.ts';
import { legendEntry } from '../charts/curve-style.ts';
import { Swatch } from '../components/legend.tsx';
import { Notice } from '../components/pending.tsx';
import { stateBehind } from '../components/run-states.ts';
import { useTheme } from '../components/theme.ts';
import { Button } from '../components/toolkit.tsx';
import { useAsk } from './use-ask.ts';

/** The runs whose curves are drawn together, each with its color, and buttons that add and remove them. */
export function ComparedRuns(props: {
  /** Labels of the view's own run, then of the overlaid ones. */
  labels: readonly string[];
  overlays: readonly OverlaidRun[];
}): JSX.Element {
  const { labels, overlays } = props;
  const theme = useTheme();
  const { failure, ask } = useAsk();
  return (
    <div class="compared">
      {overlays.length > 0 && (
        <ul class="compared-runs" aria-label={l10n.t('Runs whose curves are shown')}>
          {labels.map((label, place) => {
            const overlaid = overlays[place - 1];
            return (
              <li key={overlaid === undefined ? '' : `${overlaid.project} ${overlaid.runId}`}>
                <Swatch {...legendEntry(label, { color: place, dash: 0 }, theme)} />
                <span class="compared-label">{label}</span>
                {overlaid === undefined ? (
                  <span class="muted">{l10n.t('this run')}</span>
                ) : (
                  <>
                    <span class="muted">{stateBehind(overlaid.state)}</span>
                    <Button
                      icon
                      label={l10n.t('Remove {0}', label)}
                      onClick={() => {
                        const { project, runId } = overlaid;
                        ask(runView.removeOverlaid, { project, runId });
                      }}
                    >
                      ×
                    </Button>
                  </>
                )}
              </li>
            );
          })}
        </ul>
      )}
      <Button onClick={() => ask(runView.chooseOverlaid, undefined)}>
        {overlays.length === 0
          ? l10n.t('Overlay another run…')
          : overlays.length < MOST_OVERLAID
            ? l10n.t('Overlay other runs…')
            : l10n.t('Change overlaid runs…')}
      </Button>
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
    </div>
  );
}
