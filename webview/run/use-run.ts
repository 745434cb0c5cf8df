import * as l10n from '@vscode/l10n';
import { useEffect, useState } from 'preact/hooks';
import type { PendingState } from '../../src/protocol/webview/common.ts';
import { type RunOrigin, type RunTarget, runView } from '../../src/protocol/webview/run.ts';
import { connect, messageOf, onNotification } from '../host/connection.ts';
import { append, type RunHistory } from './run-history.ts';

export interface RunConnection {
  /** Undefined until the host has answered. */
  target?: RunTarget;
  state: PendingState | ({ kind: 'ready'; origin: RunOrigin } & RunHistory);
}

/** Connects, then appends every update; `stateChanged` starts again from the new state. */
export function useRun(): RunConnection {
  const [connection, setConnection] = useState<RunConnection>({ state: { kind: 'loading' } });
  useEffect(() => {
    // Updates that arrive before the answer to `connect` are ignored: the answer includes them.
    const change = (next: (state: RunConnection['state']) => RunConnection['state']) =>
      setConnection((previous) =>
        previous.target === undefined ? previous : { ...previous, state: next(previous.state) },
      );
    onNotification(runView.stateChanged, (state) => change(() => state));
    onNotification(runView.updated, (update) =>
      change((state) => (state.kind === 'ready' ? { ...state, ...append(state, update) } : state)),
    );
    connect(runView.connect).then(
      ({ target, state }) => setConnection({ target, state }),
      (error) =>
        setConnection({
          state: { kind: 'error', message: l10n.t('The extension did not answer: {0}', messageOf(error)) },
        }),
    );
  }, []);
  return connection;
}
