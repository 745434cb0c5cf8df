import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { RunTarget } from '../../src/protocol/webview.ts';
import { Pending } from '../components/pending.tsx';
import { persist, readViewState } from '../host/connection.ts';
import { Artifacts } from './artifacts.tsx';
import { CurvePanels, type CurveSettings, DEFAULT_CURVE_SETTINGS } from './curve-panels.tsx';
import { LogLines } from './log-lines.tsx';
import { RunHeading } from './run-header.tsx';
import type { RunHistory } from './run-history.ts';
import { Samples } from './samples.tsx';
import { useRun } from './use-run.ts';

export function RunView(): JSX.Element {
  const { target, state } = useRun();
  if (state.kind !== 'ready') return <Pending state={state} title="run" />;
  return <Run history={state} target={target!} />;
}

function Run({ history, target }: { history: RunHistory; target: RunTarget }): JSX.Element {
  const [settings, setSettings] = useState<CurveSettings>(
    () => readViewState<CurveSettings>() ?? DEFAULT_CURVE_SETTINGS,
  );
  // At once: the view may be hidden with the next event.
  useLayoutEffect(() => persist(target, settings), [target, settings]);
  return (
    <main>
      <RunHeading header={history.header} />
      <CurvePanels curves={history.curves} settings={settings} onChange={setSettings} />
      <Samples samples={history.samples} />
      <Artifacts artifacts={history.artifacts} />
      <LogLines log={history.log} />
    </main>
  );
}
