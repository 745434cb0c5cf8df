import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { PendingState } from '../../src/protocol/webview/common.ts';
import type { RunOrigin, RunTarget } from '../../src/protocol/webview/run.ts';
import { Pending } from '../components/pending.tsx';
import { persist, readViewState } from '../host/connection.ts';
import { Artifacts } from './artifacts.tsx';
import { CurvePanels, type CurveSettings, DEFAULT_CURVE_SETTINGS } from './curve-panels.tsx';
import { DamageNotice } from './damage-notice.tsx';
import { LogLines, type LogSelection } from './log-lines.tsx';
import { Origin } from './origin.tsx';
import { RunHeading } from './run-header.tsx';
import type { RunHistory } from './run-history.ts';
import { Samples } from './samples.tsx';
import { useRun } from './use-run.ts';

/** What the page keeps while the panel is open, and across a reload of the window. */
interface ViewSettings extends CurveSettings {
  log: LogSelection;
}

const DEFAULT_SETTINGS: ViewSettings = { ...DEFAULT_CURVE_SETTINGS, log: 'all' };

export function RunView(): JSX.Element {
  const { target, state } = useRun();
  if (state.kind !== 'ready') return <Pending state={state} words={pendingWords()} />;
  return <Run history={state} origin={state.origin} target={target!} />;
}

function pendingWords(): Record<PendingState['kind'], string> {
  return { loading: l10n.t('Loading run…'), empty: l10n.t('No run yet'), error: l10n.t('Cannot show run') };
}

function Run(props: { history: RunHistory; origin: RunOrigin; target: RunTarget }): JSX.Element {
  const { history, origin, target } = props;
  const { header, overlays } = history;
  const [settings, setSettings] = useState<ViewSettings>(() => ({
    ...DEFAULT_SETTINGS,
    ...readViewState<Partial<ViewSettings>>(),
  }));
  // Persist at once: the next event may hide the view.
  useLayoutEffect(() => {
    const overlaid = overlays.map(({ project, runId }) => ({ project, runId }));
    persist<RunTarget>({ ...target, overlaid }, settings);
  }, [target, overlays, settings]);
  const change = (next: Partial<ViewSettings>) => setSettings((previous) => ({ ...previous, ...next }));
  return (
    <main>
      <RunHeading header={header} />
      {history.damaged && <DamageNotice damaged={history.damaged} />}
      <CurvePanels history={history} settings={settings} onChange={change} />
      <Samples samples={history.samples} state={header.state} runId={header.runId} />
      <Artifacts artifacts={history.artifacts} />
      <Origin origin={origin} />
      <LogLines log={history.log} selection={settings.log} onSelect={(log) => change({ log })} />
    </main>
  );
}
